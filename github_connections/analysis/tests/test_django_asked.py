"""What Django's forms are filled with, and what lists of REST framework can be asked by."""

from github_connections.analysis.tests.test_models import analysed

SHOP = {
    "requirements.txt": "django\ndjangorestframework\ndjango-filter\n",
    "shop/settings.py": """ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.SearchFilter"],
}
""",
    "shop/forms.py": """from django import forms

class Letter(forms.Form):
    text = forms.CharField()
    picture = forms.ImageField(required=False)

class Order(forms.ModelForm):
    note = forms.CharField(required=False)

    class Meta:
        fields = ["amount", "note"]
""",
    "shop/urls.py": """from django.urls import include, path
from rest_framework.routers import SimpleRouter
from shop import views

router = SimpleRouter()
router.register("pens", views.Pens, basename="pen")
urlpatterns = [
    path("api/", include(router.urls)),
    path("api/inks/", views.Inks.as_view()),
    path("write/", views.Write.as_view()),
    path("pens/add/", views.Add.as_view()),
    path("order/", views.order),
]
""",
    "shop/views.py": """import django_filters
from django.shortcuts import redirect, render
from django.views.generic import CreateView, FormView
from rest_framework import filters, generics, pagination, viewsets
from shop.forms import Letter, Order

class PenFilter(django_filters.FilterSet):
    colour = django_filters.CharFilter()

    class Meta:
        fields = {"price": ["exact", "lt"]}

class Pages(pagination.PageNumberPagination):
    page_size_query_param = "size"

class Pens(viewsets.ReadOnlyModelViewSet):
    filterset_class = PenFilter
    filter_backends = [filters.OrderingFilter]
    pagination_class = Pages

class Inks(generics.ListAPIView):
    filterset_fields = ["colour"]
    search_fields = ["name"]

class Write(FormView):
    form_class = Letter

class Add(CreateView):
    fields = ["name"]

def order(request):
    form = Order(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("/")
    return render(request, "order.html")
""",
}


def test_forms_are_filled_and_lists_are_asked(tmp_path):
    found = {
        (route.method, route.path): [(one.name, one.place, one.required) for one in route.params]
        for route in analysed(tmp_path, SHOP).routes
    }
    query = {"place": "query", "required": False}
    assert found == {
        ("GET", "/api/pens/"): [
            (name, *query.values()) for name in ("colour", "price", "price__lt", "ordering", "page", "size")
        ],
        ("GET", "/api/pens/{pk}/"): [("pk", "path", True)],
        ("GET", "/api/inks/"): [(name, *query.values()) for name in ("colour", "search", "limit", "offset")],
        ("GET", "/write/"): [],
        ("POST", "/write/"): [("text", "form", True), ("picture", "file", False)],
        ("GET", "/pens/add/"): [],
        ("POST", "/pens/add/"): [("name", "form", False)],
        ("GET", "/order/"): [],
        ("POST", "/order/"): [("amount", "form", False), ("note", "form", False)],
    }


def test_a_form_of_a_model_asks_for_what_people_fill_in(tmp_path):
    """Not for what is set by itself, nor for what else the class of a form holds; a box need not be ticked."""
    models = """from django.db import models

class Parcel(models.Model):
    weight = models.IntegerField()
    fragile = models.BooleanField()
    slug = models.SlugField(editable=False)
    sent = models.DateTimeField(auto_now_add=True)
"""
    forms = """from django import forms
from shop.models import Parcel

class Letter(forms.Form):
    template_name: str = "letter.html"
    agreed = forms.BooleanField()

class Order(forms.ModelForm):
    help_text: str = "in grams"
    note = forms.CharField(required=False)

    class Meta:
        model = Parcel
        fields = "__all__"
"""
    report = analysed(tmp_path, {**SHOP, "shop/models.py": models, "shop/forms.py": forms})
    found = {route.path: [(one.name, one.required) for one in route.params] for route in report.routes}
    assert found["/write/"] == [("agreed", True)]
    assert found["/order/"] == [("weight", True), ("fragile", False), ("note", False)]
