"""What whoever reads somebody else's data raises."""


class Unreadable(ValueError):
    """This is not a document of its format, or one made to hurt; the message says which."""
