"""From facts about single files to what the program means: names, values, and the objects of frameworks."""
