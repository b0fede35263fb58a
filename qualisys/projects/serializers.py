"""Projects and members, as sent and as answered."""

from rest_framework import serializers

from qualisys.fields import TextField
from qualisys.projects.models import Project, ProjectMember
from qualisys.projects.roles import Role


class ProjectSerializer(serializers.ModelSerializer[Project]):
    name = TextField(max_length=100)
    description = TextField(max_length=2000, required=False, allow_blank=True)
    role = serializers.CharField(read_only=True)

    class Meta:
        model = Project
        fields = ("id", "name", "description", "role", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")


class MemberSerializer(serializers.ModelSerializer[ProjectMember]):
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")

    class Meta:
        model = ProjectMember
        fields = ("user_id", "email", "name", "role", "created_at")


class RoleField(serializers.ChoiceField):
    """A role; a wrong one is answered with the right ones and not repeated."""

    default_error_messages = {"invalid_choice": f"Use one of: {', '.join(Role.values)}."}

    def __init__(self) -> None:
        super().__init__(choices=Role.choices)


class NewMemberSerializer(serializers.Serializer[None]):
    email = TextField(max_length=254)
    role = RoleField()


class ChangedMemberSerializer(serializers.Serializer[None]):
    role = RoleField()
