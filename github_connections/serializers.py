"""A connection, as asked for and as answered."""

import dataclasses
import re
from typing import Any

from rest_framework import serializers

from github_connections.connection_warnings import WarningCode, warnings_of
from github_connections.models import GithubConnection, Stage
from github_connections.states import Status
from qualisys.fields import TextField

# git's own rules for the name of a branch (git-check-ref-format), and none that looks like an option.
_BRANCH = re.compile(r"(?!-|/|\.|HEAD\Z|.*(?:\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z))[^\x00-\x20\x7f~^:?*\[\\]+")


class _TokenField(TextField):
    """A personal access token, as somebody copied it from GitHub's page."""

    default_error_messages = {"spaces": "A token has no spaces, line breaks or accented letters in it."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=255, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        token = super().to_internal_value(data)
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            self.fail("spaces")
        return token


class _BranchField(TextField):
    """The name of a branch."""

    default_error_messages = {"branch": "This cannot be the name of a branch."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=255, required=False, **options)

    def to_internal_value(self, data: Any) -> str:
        branch = super().to_internal_value(data)
        if not _BRANCH.fullmatch(branch):
            self.fail("branch")
        return branch


class ConnectSerializer(serializers.Serializer[None]):
    """What a person sends to connect a repository."""

    repo_url = TextField(
        max_length=255,
        help_text="`https://github.com/owner/name`, also with `.git`, a trailing slash, `http://`, or as "
        "`git@github.com:owner/name.git`.",
    )
    pat = _TokenField(
        help_text="A personal access token: fine-grained with Contents: read on this repository, or classic with "
        "`repo`."
    )
    branch = _BranchField(help_text="Left out: the default branch.")


class ChangeSerializer(serializers.Serializer[None]):
    """What a person sends to change a connection: one of the two, or both."""

    pat = _TokenField(
        required=False, help_text="A new token, which takes the place of the stored one once it is proved."
    )
    branch = _BranchField(help_text="Another branch, which is then cloned.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            nothing = ["Send a pat, a branch, or both."]
            raise serializers.ValidationError({"pat": nothing, "branch": nothing})
        return attrs


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
            "warnings": [dataclasses.asdict(warning) for warning in warnings_of(instance)],
            "token_expires_at": instance.token_expires_at,
            "expires_at": instance.expires_at,
            "created_at": instance.created_at,
            "updated_at": instance.updated_at,
        }


class ProgressAnswer(serializers.Serializer[None]):
    """What is being done."""

    stage = serializers.ChoiceField(Stage.choices)
    percent = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, help_text="Null: git does not say.")
    received_bytes = serializers.IntegerField(
        min_value=0, allow_null=True, help_text="From GitHub so far, by git's count; null: git does not say."
    )


class WarningAnswer(serializers.Serializer[None]):
    """What a person should know before it becomes an error."""

    code = serializers.ChoiceField([code.value for code in WarningCode], help_text="A contract: decide by it.")
    message = serializers.CharField(help_text="A sentence for a person, which may be reworded.")
    details = serializers.DictField()


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
    warnings = WarningAnswer(many=True, help_text="What to know, the most urgent first; empty where all is well.")
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
    received = connection.received_bytes if connection.status == Status.CLONING else None
    return {
        "stage": connection.progress_stage,
        "percent": connection.progress_percent,
        "received_bytes": received,
    }
