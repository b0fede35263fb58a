"""Addresses of projects and their members."""

from django.urls import re_path

from qualisys.projects.views import MemberViewSet, ProjectListViewSet, ProjectViewSet

PROJECT = r"^projects/(?P<project_id>[^/]+)"

urlpatterns = [
    re_path(r"^projects/?$", ProjectListViewSet.as_view({"get": "list", "post": "create"}), name="projects"),
    re_path(
        rf"{PROJECT}/?$",
        ProjectViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="project",
    ),
    re_path(rf"{PROJECT}/members/?$", MemberViewSet.as_view({"get": "list", "post": "create"}), name="members"),
    re_path(
        rf"{PROJECT}/members/(?P<user_id>[^/]+)/?$",
        MemberViewSet.as_view({"patch": "partial_update", "delete": "destroy"}),
        name="member",
    ),
]
