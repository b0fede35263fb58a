"""What may be asked of a project's source, and the form in which its files and directories are answered."""

from rest_framework import serializers

from github_connections.checkout import EntryType
from qualisys.fields import TextField

GREATEST_DEPTH = 20


class TreeQuery(serializers.Serializer[None]):
    """Which directory to list."""

    path = TextField(
        max_length=4096,
        required=False,
        trim_whitespace=False,
        help_text="A directory, from the top of the repository. Left out: the top itself.",
    )
    depth = serializers.IntegerField(
        min_value=1,
        max_value=GREATEST_DEPTH,
        required=False,
        help_text="How many levels to list. Left out: what lies in the directory itself.",
    )


class TreePageQuery(TreeQuery):
    """All parameters of the address, for the API's description: those of the page are read by the paginator."""

    limit = serializers.IntegerField(
        required=False, help_text="Entries on a page: 50 where it is left out, 200 at most."
    )
    offset = serializers.IntegerField(required=False, help_text="Entries to pass by.")


class EntrySerializer(serializers.Serializer[None]):
    """What lies at a path."""

    path = serializers.CharField(help_text="From the top of the repository, with `/` between names.")
    type = serializers.ChoiceField(
        [kind.value for kind in EntryType], help_text="`file` alone can be read; `directory` can be listed."
    )
    size_bytes = serializers.IntegerField(allow_null=True, help_text="Of a file; null otherwise.")


class TreePageAnswer(serializers.Serializer[None]):
    """A page of a listing, for the API's description; no answer passes through here."""

    commit_sha = serializers.CharField(help_text="What the clone was checked out from.")
    path = serializers.CharField(help_text="The directory that was listed; empty: the top.")
    count = serializers.IntegerField(help_text="How many entries there are in all.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EntrySerializer(many=True)
