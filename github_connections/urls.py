"""The address of a project's connection."""

from django.urls import re_path

from github_connections.views import GithubConnectionViewSet

urlpatterns = [
    re_path(
        r"^projects/(?P<project_id>[^/]+)/github/?$",
        GithubConnectionViewSet.as_view({"post": "connect", "get": "retrieve", "delete": "disconnect"}),
        name="github-connection",
    ),
]
