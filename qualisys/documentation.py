"""The API's description, and a page to read and try it, for whoever reaches a tenant's host."""

from functools import cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class JsonRenderer(OpenApiJsonRenderer):
    media_type = "application/json"


class YamlRenderer(OpenApiYamlRenderer):
    media_type = "application/yaml"


class OpenApi(APIView):
    """The description in JSON; in YAML for who asks for `application/yaml`."""

    schema = None  # it does not describe itself
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    renderer_classes = (JsonRenderer, YamlRenderer, OpenApiJsonRenderer, OpenApiYamlRenderer)

    def get(self, request: Request) -> HttpResponse:
        text = _description(is_yaml=isinstance(request.accepted_renderer, OpenApiYamlRenderer))
        return HttpResponse(text, content_type=str(request.accepted_media_type))


class DocumentationPage(SpectacularSwaggerSplitView):
    """Swagger UI out of an installed package."""

    schema = None
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    url_name = "openapi"

    def get(self, request: Request) -> Response:
        answer: Response = super().get(request)
        # A token is pasted into this page, which takes and tells nothing elsewhere.
        answer["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return answer


@cache
def _description(*, is_yaml: bool) -> str | bytes:
    """Return the whole description, made once in a process: it is the same for everybody."""
    renderer = OpenApiYamlRenderer() if is_yaml else OpenApiJsonRenderer()
    return renderer.render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})
