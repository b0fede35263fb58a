"""Statuses that handlers are said to answer with, in the languages that have a way to say so."""

import pytest

from github_connections.analysis.http_statuses import status_written
from github_connections.analysis.syntax import nodes
from github_connections.analysis.tests.test_models import analysed

SPRING = {
    "build.gradle": "implementation 'org.springframework.boot:spring-boot-starter-web:3'",
    "src/main/java/shop/Pens.java": """package shop;

import org.springframework.web.bind.annotation.*;

@RestController
@RequestMapping("/pens")
public class Pens {
  @PostMapping @ResponseStatus(HttpStatus.CREATED)
  public Pen add() { return null; }

  @ApiResponses({@ApiResponse(responseCode = "404", description = "500 pens"), @ApiResponse(code = 409)})
  @DeleteMapping("/{id}") @ResponseStatus(code = HttpStatus.NO_CONTENT)
  public void remove(@PathVariable Long id) {}

  @Operation(responses = @ApiResponse(responseCode = "default"))
  @GetMapping public Pen all() { return null; }
}
""",
}
ASPNET = {
    "Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"></Project>',
    "Controllers/PensController.cs": """using Microsoft.AspNetCore.Mvc;

[ApiController]
[Route("pens")]
public class PensController : ControllerBase
{
    [HttpPost]
    [ProducesResponseType<Pen>(StatusCodes.Status201Created)]
    [ProducesResponseType(400)]
    [ProducesResponseType(typeof(Problem), (int)HttpStatusCode.Conflict)]
    public IActionResult Add() => Ok();
}
""",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (SPRING, {"POST /pens": [201], "DELETE /pens/{id}": [204, 404, 409], "GET /pens": []}),
        (ASPNET, {"POST /pens": [201, 400, 409]}),
    ],
    ids=["spring", "aspnet"],
)
def test_statuses_are_told(tmp_path, files, expected):
    assert {f"{row.method} {row.path}": row.status_codes for row in analysed(tmp_path, files).routes} == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (nodes.Constant(201), 201),
        (nodes.Constant(True), None),
        (nodes.Constant(7), None),
        (nodes.Text("404"), 404),
        (nodes.Text("default"), None),
        (nodes.Text("4041"), None),
        (nodes.Name("CREATED"), 201),
        (nodes.Member(nodes.Name("HttpStatusCode"), "NoContent"), 204),
        (nodes.Member(nodes.Name("StatusCodes"), "Status201Created"), 201),
        (nodes.Member(nodes.Name("status"), "HTTP_409_CONFLICT"), 409),
        (nodes.Name("Pen"), None),
        (None, None),
    ],
)
def test_a_status_is_known_in_its_forms(written, expected):
    assert status_written(written) == expected
