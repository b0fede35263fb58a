"""A file of a clone as an HTTP answer: whole, in part, or not again; and nothing that a browser would run."""

import codecs
import hashlib

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from rest_framework import status
from rest_framework.request import Request
from werkzeug.http import parse_range_header

from github_connections.checkout import SourceFile
from github_connections.errors import FileTooLarge, NoSuchPart

TEXT, BINARY = "text/plain; charset=utf-8", "application/octet-stream"
HEADERS = {
    "Accept-Ranges": "bytes",
    # Kept by the one who asked alone, and asked about each time: who may read it can change.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
_SAMPLE = 8_000  # bytes, by which git tells text from other files, too


def etag_of(*parts: object) -> str:
    """Return a strong ETag that stands for these parts."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def file_answer(request: Request, file: SourceFile, *, name: str) -> HttpResponse:
    """Return what was asked for of the file. NoSuchPart, FileTooLarge."""
    etag = etag_of(*file.identity)
    answer = get_conditional_response(request, etag) or _content(request, file, etag, name)
    for header, value in {**HEADERS, "ETag": etag}.items():
        answer[header] = value
    return answer


def _content(request: Request, file: SourceFile, etag: str, name: str) -> HttpResponse:
    part = _part(request, etag, file.size_bytes)
    start, stop = part or (0, file.size_bytes)
    if stop - start > settings.SOURCE_MAX_BYTES:
        raise FileTooLarge(file.size_bytes, settings.SOURCE_MAX_BYTES)
    text = _is_text(file.read(0, _SAMPLE))
    answer = HttpResponse(file.read(start, stop), content_type=TEXT if text else BINARY)
    # Django quotes every other letter, and takes a line break at the end for the end of the name.
    filename = name.replace("\n", "_")
    answer["Content-Disposition"] = str(content_disposition_header(as_attachment=not text, filename=filename))
    if part:
        answer.status_code = status.HTTP_206_PARTIAL_CONTENT
        answer["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size_bytes}"
    return answer


def _part(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last that are asked for; None for the whole.

    What is no range of bytes, or several, may be passed over, and is. NoSuchPart for one that is not in the file.
    """
    asked = parse_range_header(request.headers.get("Range"))
    changed = request.headers.get("If-Range", etag) != etag
    if asked is None or changed or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    part = asked.range_for_length(size)
    if part is None:
        raise NoSuchPart(size)
    return part


def _is_text(beginning: bytes) -> bool:
    if b"\0" in beginning:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning, final=len(beginning) < _SAMPLE)
    except UnicodeDecodeError:
        return False
    return True
