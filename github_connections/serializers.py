"""A connection, as asked for and as answered."""

import re
from typing import Any

from rest_framework import serializers

from github_connections.models import GithubConnection, Stage
from github_connections.states import Status
from qualisys.fields import TextField

# git's own rules for the name of a branch (git-check-ref-format), and none that looks like an option.
_BRANCH = re.compile(r"(?!-|/|\.|HEAD\Z|.*(?:\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z))[^\x00-\x20\x7f~^:?*\[\\]+")


class ConnectSerializer(serializers.Serializer[None]):
    """What a person sends to connect a repository."""

    repo_url = TextField(
        max_length=255,
        help_text="`https://github.com/owner/name`, also with `.git`, a trailing slash, `http://`, or as "
        "`git@github.com:owner/name.git`.",
    )
    pat = TextField(
        max_length=255,
        trim_whitespace=False,
        help_text="A personal access token: fine-grained with Contents: read on this repository, or "
        "classic with `repo`.",
    )
    branch = TextField(max_length=255, required=False, help_text="Left out: the default branch.")

    def validate_pat(self, value: str) -> str:
        if not re.fullmatch(r"[\x21-\x7e]+", value):
            raise serializers.ValidationError("A token has no spaces, line breaks or accented letters in it.")
        return value

    def validate_branch(self, value: str) -> str:
        if not _BRANCH.fullmatch(value):
            raise serializers.ValidationError("This cannot be the name of a branch.")
        return value


class ConnectionSerializer(serializers.BaseSerializer[GithubConnection]):
    """What the API says of a connection: never the token, its cipher text or the directory.

    Written out, as a ModelSerializer works its fields out of the model again for every answer.
    """

    def to_representation(self, instance: GithubConnection) -> dict[str, Any]:
        return {
            "id": instance.id,
            "project_id": instance.project_id,
            "repo_url": instance.repo_url,
            "branch": instance.branch,
            "status": instance.status,
            "progress": _progress(instance),
            "commit_sha": instance.commit_sha,
            "size_bytes": instance.size_bytes,
            "routes_count": instance.routes_count,
            "components_count": instance.components_count,
            "endpoints_count": instance.endpoints_count,
            "analysis_summary": instance.analysis_summary,
            "error_code": instance.error_code,
            "error_message": instance.error_message,
            "token_expires_at": instance.token_expires_at,
            "expires_at": instance.expires_at,
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
        }


class ProgressAnswer(serializers.Serializer[None]):
    """What is being done."""

    stage = serializers.ChoiceField(Stage.choices)
    percent = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, help_text="Null: git does not say.")


class ConnectionAnswer(serializers.Serializer[None]):
    """A repository connected to a project."""

    # The fields of ConnectionSerializer for the API's description; no answer passes through here.
    id = serializers.UUIDField()
    project_id = serializers.UUIDField()
    repo_url = serializers.CharField(help_text="The repository's present name: one that was renamed is followed.")
    branch = serializers.CharField()
    status = serializers.ChoiceField(
        Status.choices,
        help_text="`pending`: waiting for a worker. `cloning`: git is at work. `cloned`: the source lies on disk until "
        "`expires_at`. `analyzed`: the same, and the counts and `analysis_summary` are filled in. `failed`: see "
        "`error_code`. `expired`: the clone was removed after its time.",
    )
    progress = ProgressAnswer(allow_null=True, help_text="Null while nothing is being done.")
    commit_sha = serializers.CharField(help_text="What was cloned; empty before.")
    size_bytes = serializers.IntegerField(allow_null=True, help_text="Of the clone on disk.")
    routes_count = serializers.IntegerField()
    components_count = serializers.IntegerField()
    endpoints_count = serializers.IntegerField()
    analysis_summary = serializers.DictField(help_text="What the analysis says of the source; `{}` before.")
    error_code = serializers.CharField(help_text="Why the last attempt failed; empty where it did not.")
    error_message = serializers.CharField(help_text="The same in a sentence for a person.")
    token_expires_at = serializers.DateTimeField(
        allow_null=True, help_text="When the token ends, where GitHub says so."
    )
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the clone is removed.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def _progress(connection: GithubConnection) -> dict[str, Any] | None:
    """What is being done and how far it is, in per cent where that is known; null while nothing is."""
    if connection.status not in (Status.CLONING, Status.CLONED) or not connection.progress_stage:
        return None
    return {"stage": connection.progress_stage, "percent": connection.progress_percent}
