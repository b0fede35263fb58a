"""The addresses of a project's connection."""

from django.urls import re_path

from github_connections.analysis_views import AnalysisViewSet
from github_connections.event_views import EventsViewSet
from github_connections.history_views import HistoryViewSet
from github_connections.source_views import FileViewSet, TreeViewSet
from github_connections.views import GithubConnectionViewSet

urlpatterns = [
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/?$",
        GithubConnectionViewSet.as_view(
            {"post": "connect", "get": "retrieve", "patch": "partial_update", "delete": "disconnect"}
        ),
        name="github-connection",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/refresh/?$",
        GithubConnectionViewSet.as_view({"post": "refresh"}),
        name="github-refresh",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/history/?$",
        HistoryViewSet.as_view({"get": "list"}),
        name="github-history",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/events/?$",
        EventsViewSet.as_view({"get": "follow"}),
        name="github-events",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/analysis/?$",
        AnalysisViewSet.as_view({"get": "retrieve"}),
        name="github-analysis",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/tree/?$",
        TreeViewSet.as_view({"get": "retrieve"}),
        name="github-tree",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/files/(?P<path>[\s\S]+)",
        FileViewSet.as_view({"get": "retrieve"}),
        name="github-file",
    ),
]
