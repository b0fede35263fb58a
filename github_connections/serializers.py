"""A connection, as asked for and as answered."""

import re
from typing import Any

from rest_framework import serializers

from github_connections.models import GithubConnection
from github_connections.states import Status
from qualisys.fields import TextField

# git's own rules for the name of a branch (git-check-ref-format), and none that looks like an option.
_BRANCH = re.compile(r"(?!-|/|\.|HEAD\Z|.*(?:\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z))[^\x00-\x20\x7f~^:?*\[\\]+")


class ConnectSerializer(serializers.Serializer[None]):
    """What a person sends to connect a repository."""

    repo_url = TextField(max_length=255)
    pat = TextField(max_length=255, trim_whitespace=False)
    branch = TextField(max_length=255, required=False)

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


def _progress(connection: GithubConnection) -> dict[str, Any] | None:
    """What is being done and how far it is, in per cent where that is known; null while nothing is."""
    if connection.status not in (Status.CLONING, Status.CLONED) or not connection.progress_stage:
        return None
    return {"stage": connection.progress_stage, "percent": connection.progress_percent}
