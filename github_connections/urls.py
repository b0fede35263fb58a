"""The addresses of a project's connection."""

from django.urls import re_path

from github_connections.analysis_views import AnalysisViewSet
from github_connections.views import GithubConnectionViewSet

urlpatterns = [
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/?$",
        GithubConnectionViewSet.as_view({"post": "connect", "get": "retrieve", "delete": "disconnect"}),
        name="github-connection",
    ),
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/analysis/?$",
        AnalysisViewSet.as_view({"get": "retrieve"}),
        name="github-analysis",
    ),
]
