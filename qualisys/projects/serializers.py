"""Projects and members, as sent and as answered."""

from rest_framework import serializers

from qualisys.fields import ChoiceField, TextField
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project."""

    name = TextField(max_length=100)
    description = TextField(max_length=2000, required=False, allow_blank=True)
    role = serializers.ChoiceField(Role.choices, read_only=True, help_text="Your own role in the project.")

    class Meta:
        model = Project
        fields = ("id", "name", "description", "role", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")


class ChangedProjectSerializer(ProjectSerializer):
    """What is to be changed."""

    name = TextField(max_length=100, required=False)


class MemberSerializer(serializers.ModelSerializer[ProjectMember]):
    """A person in a project."""

    user_id = serializers.UUIDField()
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(Role.choices)

    class Meta:
        model = ProjectMember
        fields = ("user_id", "email", "name", "role", "created_at")


class NewMemberSerializer(serializers.Serializer[None]):
    """A person of the tenant, and the role to give."""

    email = TextField(max_length=254)
    role = ChoiceField(Role.choices)


class ChangedMemberSerializer(serializers.Serializer[None]):
    """The role to give."""

    role = ChoiceField(Role.choices)
