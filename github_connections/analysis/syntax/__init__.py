"""Source text to one small tree that every language shares (`nodes`), one file a language."""
