"""What views of Django REST framework take and give, and patterns with a piece that is not known."""

import pytest

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


MAKERS = {
    **FILES,
    "shop/urls.py": """from django.urls import include, path
from rest_framework.routers import SimpleRouter
from .views import Makers, One, Pens, plain

router = SimpleRouter()
router.register("pens", Pens)
urlpatterns = [
    path("", include(router.urls)),
    path("makers/", Makers.as_view()),
    path("one/", One.as_view()),
    path("plain/", plain),
]
""",
    "shop/models.py": """from django.db import models

class Maker(models.Model):
    name = models.CharField(max_length=20)
    town = models.ForeignKey("Town", on_delete=models.CASCADE, null=True)
    since = models.DateTimeField(auto_now_add=True)
""",
    "shop/serializers.py": """from rest_framework import serializers
from .models import Maker

class MakerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Maker
        fields = "__all__"
        read_only_fields = ["town"]

class PenSerializer(serializers.ModelSerializer):
    makers = MakerSerializer(many=True)
    label = serializers.SerializerMethodField()

    class Meta:
        model = Unknown
        fields = ["colour", "makers", "label"]

class MoveSerializer(serializers.Serializer):
    to = serializers.CharField()

class SearchSerializer(serializers.Serializer):
    word = serializers.CharField()
    limit = serializers.IntegerField(required=False)
""",
    "shop/views.py": """from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.views import APIView
from .serializers import MakerSerializer, MoveSerializer, PenSerializer, SearchSerializer

class Pens(viewsets.GenericViewSet):
    serializer_class = PenSerializer

    @action(detail=True, methods=["post"])
    def move(self, request, pk=None):
        wanted = MoveSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=MoveSerializer, responses={404: None, status.HTTP_202_ACCEPTED: MakerSerializer(many=True)})
    @action(detail=True, methods=["put"])
    def carry(self, request, pk=None):
        return self.carried(request)

class Makers(APIView):
    def get(self, request):
        query = SearchSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        serializer = MakerSerializer(self.all(), many=True)
        return Response(serializer.data)

    def post(self, request):
        sent = request.data.copy()
        serializer = MakerSerializer(data=sent)
        if serializer.is_valid():
            return Response(serializer.data, status=status.HTTP_201_CREATED)
        return Response(serializer.errors, status=status.HTTP_400_BAD_REQUEST)

    def put(self, request):
        inner = MoveSerializer(data=request.data["move"])
        return Response(MakerSerializer(inner.save()).data if inner.is_valid() else inner.errors)

class One(APIView):
    @extend_schema(
        parameters=[
            OpenApiParameter("size", int, required=True),
            OpenApiParameter("X-Mode", str, OpenApiParameter.HEADER),
        ],
        request=None,
        responses=MakerSerializer,
    )
    def post(self, request):
        MoveSerializer(data=request.data).is_valid(raise_exception=True)
        return self.moved(request)

    @swagger_auto_schema(
        query_serializer=SearchSerializer,
        manual_parameters=[openapi.Parameter("fast", openapi.IN_QUERY, type=openapi.TYPE_BOOLEAN)],
        responses={200: openapi.Response("found", MakerSerializer)},
    )
    def get(self, request):
        return self.found(request)

@api_view(["GET", "POST"])
def plain(request):
    if request.method == "GET":
        return Response(PenSerializer(all_pens(), many=True).data)
    serializer = MakerSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    return Response(serializer.data)
""",
}


@pytest.fixture(scope="module")
def makers(tmp_path_factory):
    return analysed(tmp_path_factory.mktemp("makers"), MAKERS)


def test_what_is_filled_with_the_request_is_taken_and_what_is_shown_is_given(makers):
    """A part of what was sent is not the whole, and of several answers none is told."""
    said = {f"{row.method} {row.path}": (row.request_model, row.response_model) for row in makers.routes}
    assert said == {
        "POST /pens/{pk}/move/": ("MoveSerializer", "PenSerializer"),
        "PUT /pens/{pk}/carry/": ("MoveSerializer", "MakerSerializer"),
        "GET /makers/": ("", "MakerSerializer"),
        "POST /makers/": ("MakerSerializer", "MakerSerializer"),
        "PUT /makers/": ("", ""),
        "GET /one/": ("", "MakerSerializer"),
        "POST /one/": ("", "MakerSerializer"),
        "GET /plain/": ("", ""),
        "POST /plain/": ("MakerSerializer", ""),
    }


def test_what_a_serializer_reads_of_the_query_and_what_documentation_says_are_parameters(makers):
    params = {
        f"{row.method} {row.path}": [(one.name, one.place, one.type, one.required) for one in row.params]
        for row in makers.routes
        if "pk" not in row.path
    }
    search = [("word", "query", "CharField", True), ("limit", "query", "IntegerField", False)]
    assert params == {
        "GET /makers/": search,
        "POST /makers/": [],
        "PUT /makers/": [("move", "body", "", True)],
        "GET /one/": [*search, ("fast", "query", "boolean", False)],
        "POST /one/": [("size", "query", "int", True), ("X-Mode", "header", "str", False)],
        "GET /plain/": [],
        "POST /plain/": [],
    }


def test_a_serializer_has_the_fields_of_its_model_that_it_names(makers):
    """Of a model that is not known only the names; what is worked out, or only read, need not be sent."""
    fields = {
        model.name: [(one.name, one.type, one.required, bool(one.constraints.get("read_only"))) for one in model.fields]
        for model in makers.models
    }
    assert fields == {
        "MakerSerializer": [
            ("id", "", False, True),
            ("name", "CharField", True, False),
            ("town", "ForeignKey", False, True),
            ("since", "DateTimeField", False, False),
        ],
        "PenSerializer": [
            ("colour", "", False, False),
            ("makers", "list[MakerSerializer]", True, False),
            ("label", "SerializerMethodField", False, False),
        ],
        "MoveSerializer": [("to", "CharField", True, False)],
    }


def test_all_fields_of_a_model_are_those_that_it_has(tmp_path):
    """A key of its own stands for the one that every model has; of many others somebody has to choose."""
    models = """from django.db import models

class Crate(models.Model):
    code = models.CharField(max_length=9, primary_key=True)
    pens = models.ManyToManyField("Pen")
    tags = models.ManyToManyField("Tag", blank=True)
"""
    serializers = """from rest_framework import serializers
from .models import Crate

class PenSerializer(serializers.ModelSerializer):
    class Meta:
        model = Crate
        fields = "__all__"

class MoveSerializer(serializers.Serializer):
    to = serializers.CharField()
"""
    report = analysed(tmp_path, {**FILES, "shop/models.py": models, "shop/serializers.py": serializers})
    (model,) = [model for model in report.models if model.name == "PenSerializer"]
    assert [(one.name, one.required) for one in model.fields] == [("code", False), ("pens", True), ("tags", False)]


def test_a_serializer_is_one_whatever_it_is_called(tmp_path):
    serializers = """from rest_framework import serializers

class Pen(serializers.Serializer):
    colour = serializers.CharField()
"""
    views = """from rest_framework.response import Response
from rest_framework.views import APIView
from .serializers import Pen

class Pens(APIView):
    def post(self, request):
        pen = Pen(data=request.data)
        return Response(Pen(pen).data)
"""
    urls = """from django.urls import path
from .views import Pens

urlpatterns = [path("pens/", Pens.as_view())]
"""
    files = {**FILES, "shop/serializers.py": serializers, "shop/views.py": views, "shop/urls.py": urls}
    (row,) = analysed(tmp_path, files).routes
    assert (row.request_model, row.response_model) == ("Pen", "Pen")


def test_a_piece_that_is_not_known_is_no_part_of_the_expression():
    assert from_regex("^reset_{?user_model().FIELD}/(?P<pk>[0-9]+)$") == "reset_{?user_model().FIELD}/<pk>"


def test_a_group_that_may_be_left_out_is_left_out_where_it_has_no_variable():
    assert from_regex(r"^decide/?(?:[?#].*)?$") == "decide/"
    assert from_regex(r"^pens(?:/(?P<page>\d+))?$") == "pens/<page>"
