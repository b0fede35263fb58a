"""What the lowerings of Java and Kotlin share."""

from __future__ import annotations

import re

# Words of libraries whose set-up is code: only there do the bodies of methods say anything about routes.
SET_UP = re.compile(
    rb"RouterFunction|RequestPredicate|addPathPrefix|ServletRegistrationBean|contextPath|ContextPath|context-path|[Jj]avalin|vertx|ktor"
    rb"|coRouter|StompEndpointRegistry|WebSocketHandlerRegistry|\brouter\b|spark\.|http4k|ServletModule|ResourceConfig|getClasses|getSingletons|UriBuilder|Routing"
    rb"|authorizeRequests|authorizeHttpRequests|authorizeExchange|\.ignoring\(|ViewControllerRegistry|InterceptorRegistry|HandlerInterceptor|ServletContainer|ServletDispatcher|setUrlPattern|createHttpServer"
    rb"|\bServerRequest\b"
)
# By which handlers ask their requests for something by name.
ASKED = re.compile(
    rb"\.\s*(?:get(?:Parameter(?:s|Values)?|Header(?:s|String)?|Query(?:Parameters|Params)|RequestHeaders?|Part|Files?|Cookies)"
    rb"|findCookie)\s*\("
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "0": "\0"}


def speaks_of_set_up(source: bytes) -> bool:
    """Tell whether the bodies of a file's methods are worth reading."""
    return SET_UP.search(source) is not None


def unescaped(sequence: str) -> str:
    r"""Return what an escape sequence stands for: `\n`, `A`, `\$`."""
    if sequence.startswith("\\u"):
        digits = sequence.lstrip("\\u")
        return chr(int(digits, 16)) if re.fullmatch(r"[0-9a-fA-F]{1,4}", digits) else sequence
    return _ESCAPES.get(sequence[1:], sequence[1:])
