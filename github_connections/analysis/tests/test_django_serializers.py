"""What views of Django REST framework take and give, and patterns with a piece that is not known."""

from github_connections.analysis.frameworks.python.django_patterns import from_regex
from github_connections.analysis.tests.test_models import analysed

FILES = {
    "requirements.txt": "django\ndjangorestframework\n",
    "manage.py": 'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n',
    "shop/settings.py": 'ROOT_URLCONF = "shop.urls"\n',
    "shop/urls.py": """from django.urls import include, path
from rest_framework.routers import SimpleRouter
from .views import Bag, Chosen, Pens

router = SimpleRouter()
router.register("pens", Pens)
urlpatterns = [path("", include(router.urls)), path("bag/", Bag.as_view()), path("chosen/", Chosen.as_view())]
""",
    "shop/serializers.py": """from rest_framework import serializers

class PenSerializer(serializers.Serializer):
    colour = serializers.CharField(max_length=9)

class MoveSerializer(serializers.Serializer):
    to = serializers.CharField()
""",
    "shop/views.py": """from rest_framework import generics, viewsets
from rest_framework.decorators import action
from .serializers import MoveSerializer, PenSerializer

class Pens(viewsets.ModelViewSet):
    serializer_class = PenSerializer

    @action(detail=True, methods=["post"], serializer_class=MoveSerializer)
    def move(self, request, pk=None): ...

    @action(detail=False)
    def newest(self, request): ...

class Bag(generics.GenericAPIView):
    serializer_class = PenSerializer
    def post(self, request): ...

class Chosen(generics.ListAPIView):
    serializer_class = PenSerializer
    def get_serializer_class(self): ...
""",
}


def test_serializers_of_views_and_of_actions(tmp_path):
    """What the library writes itself is known both ways; of an action or a handler only what it reads."""
    report = analysed(tmp_path, FILES)
    said = {f"{row.method} {row.path}": (row.request_model, row.response_model) for row in report.routes}
    assert said == {
        "GET /pens/": ("", "PenSerializer"),
        "POST /pens/": ("PenSerializer", "PenSerializer"),
        "GET /pens/newest/": ("", ""),
        "GET /pens/{pk}/": ("", "PenSerializer"),
        "PUT /pens/{pk}/": ("PenSerializer", "PenSerializer"),
        "PATCH /pens/{pk}/": ("PenSerializer", "PenSerializer"),
        "DELETE /pens/{pk}/": ("", ""),
        "POST /pens/{pk}/move/": ("MoveSerializer", ""),
        "POST /bag/": ("PenSerializer", ""),
        "GET /chosen/": ("", ""),
    }
    assert [model.name for model in report.models] == ["PenSerializer", "MoveSerializer"]


def test_a_piece_that_is_not_known_is_no_part_of_the_expression():
    assert from_regex("^reset_{?user_model().FIELD}/(?P<pk>[0-9]+)$") == "reset_{?user_model().FIELD}/<pk>"


def test_a_group_that_may_be_left_out_is_left_out_where_it_has_no_variable():
    assert from_regex(r"^decide/?(?:[?#].*)?$") == "decide/"
    assert from_regex(r"^pens(?:/(?P<page>\d+))?$") == "pens/<page>"
