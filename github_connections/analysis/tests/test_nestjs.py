"""What decorators of @nestjs/swagger add to the rows of a controller."""

from github_connections.analysis.tests.test_models import NESTJS, analysed

CONTROLLER = """
import { Body, Controller, Get, Headers, HttpCode, HttpStatus, Post, Put, Query } from '@nestjs/common';
import {
  ApiBody, ApiCreatedResponse, ApiHeader, ApiNotFoundResponse, ApiOkResponse, ApiQuery, ApiResponse,
} from '@nestjs/swagger';
import { Cat, CreateCatDto, Toy } from './cat.dto';

@Controller('cats')
export class CatsController {
  @Get()
  @ApiOkResponse({ type: [Cat] })
  @ApiQuery({ name: 'word', required: false, type: String })
  @ApiQuery({ name: 'page', type: Number })
  @ApiHeader({ name: 'X-Mode' })
  list(@Query('page') page?: number, @Headers('x-mode') mode?: string) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @ApiCreatedResponse({ type: () => Cat })
  create(@Body() cat: CreateCatDto): Promise<Toy> {}

  @Put(':id')
  @ApiNotFoundResponse({ type: Toy })
  @ApiResponse({ status: 200, type: Cat })
  @ApiBody({ type: CreateCatDto })
  change() {}

  @Get('count')
  @ApiOkResponse({ type: Number })
  count() {}
}
"""


def test_what_documentation_says_is_told_and_code_comes_first(tmp_path):
    files = {**NESTJS, "src/cats.controller.ts": CONTROLLER}
    files["src/cat.dto.ts"] = "export class Cat { name: string }\nexport class CreateCatDto {}\nexport class Toy {}\n"
    rows = analysed(tmp_path, files).routes
    said = {f"{row.method} {row.path}": (row.request_model, row.response_model, row.status_codes) for row in rows}
    assert said == {
        "GET /cats": ("", "Cat", [200]),
        "POST /cats": ("CreateCatDto", "Toy", [201, 202]),
        "PUT /cats/{id}": ("CreateCatDto", "Cat", [200, 404]),
        "GET /cats/count": ("", "", [200]),
    }
    listed = next(row for row in rows if row.method == "GET" and row.path == "/cats")
    assert [(one.name, one.place, one.type, one.required) for one in listed.params] == [
        ("page", "query", "number", False),
        ("x-mode", "header", "string", False),
        ("word", "query", "string", False),
    ]
