"""Models: what routes take and give, with the fields and constraints that its declaration names."""

import pytest

from github_connections.analysis import Limits, in_process
from github_connections.analysis.openapi import openapi
from github_connections.analysis.report import Model, ModelField, Report
from github_connections.analysis.tests.trees import make_tree

FASTAPI = {
    "requirements.txt": "fastapi\n",
    "shop/app.py": """
from fastapi import FastAPI
from shop.schemas import OrderIn

app = FastAPI()

@app.post("/orders")
def create(order: OrderIn):
    ...
""",
    "shop/schemas.py": """
from pydantic import BaseModel, Field

class Dated(BaseModel):
    day: str | None = None

class Line(BaseModel):
    amount: int = Field(..., ge=1)

class OrderIn(Dated):
    note: str = Field("", max_length=80)
    lines: list[Line]

class Unused(BaseModel):
    x: int
""",
}
NESTJS = {
    "package.json": '{"dependencies": {"@nestjs/core": "10", "@nestjs/common": "10"}}',
    "src/main.ts": """
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
async function bootstrap() { const app = await NestFactory.create(AppModule); await app.listen(3000); }
bootstrap();
""",
    "src/app.module.ts": """
import { Module } from '@nestjs/common';
import { CatsController } from './cats.controller';
@Module({ controllers: [CatsController] })
export class AppModule {}
""",
    "src/cats.controller.ts": """
import { Body, Controller, Post } from '@nestjs/common';
import { Change, CreateCatDto, Wanted } from './create-cat.dto';
@Controller('cats')
export class CatsController { @Post() create(@Body() cat: CreateCatDto) {} }
""",
    "src/create-cat.dto.ts": """
export class CreateCatDto {
  @IsString() @MaxLength(20)
  name: string;
  @IsOptional() @Min(0)
  age: number;
  tags?: string[];
}
export class Sorting { order?: string; by: string }
export class Change extends IntersectionType(PartialType(OmitType(CreateCatDto, ['age'] as const)), Sorting) {}
export class Wanted extends PickType(Sorting, ['by']) { deck: number }
""",
}
SPRING = {
    "pom.xml": "<project><dependencies><dependency><groupId>org.springframework.boot</groupId>"
    "<artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>",
    "src/main/java/a/Pens.java": """
package a;
import org.springframework.web.bind.annotation.*;
import a.model.Pen;
@RestController
@RequestMapping("/pens")
class Pens { @PostMapping Pen add(@RequestBody Pen pen) { return pen; } }
""",
    "src/main/java/a/model/Pen.java": """
package a.model;
public record Pen(@NotBlank @Size(max = 9) String colour, int length, String note) {}
""",
}


def analysed(tmp_path, files: dict[str, str]) -> Report:
    """Return the report on a repository of these files."""
    return in_process.analyze_here(make_tree(tmp_path / "made", files), Limits(processes=1))


def field(name: str, kind: str, *, required: bool = True, **constraints: object) -> ModelField:
    return ModelField(name=name, type=kind, required=required, constraints=constraints)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            FASTAPI,
            [
                ("Line", "shop/schemas.py", 7, [field("amount", "int", ge=1)]),
                (
                    "OrderIn",
                    "shop/schemas.py",
                    10,
                    [
                        field("day", "str | None", required=False),
                        field("note", "str", required=False, max_length=80),
                        field("lines", "list[Line]"),
                    ],
                ),
            ],
        ),
        (
            NESTJS,
            [
                (
                    "CreateCatDto",
                    "src/create-cat.dto.ts",
                    2,
                    [
                        field("name", "string", maxLength=20),
                        field("age", "number", required=False, minimum=0),
                        field("tags", "Array[string]", required=False),
                    ],
                )
            ],
        ),
        (
            SPRING,
            [
                (
                    "Pen",
                    "src/main/java/a/model/Pen.java",
                    3,
                    [
                        field("colour", "String", maxLength=9),
                        field("length", "int"),
                        field("note", "String", required=False),
                    ],
                )
            ],
        ),
    ],
    ids=["fastapi", "nestjs", "spring"],
)
def test_what_routes_take_and_give(tmp_path, files, expected):
    """Classes that a route names, across files, with those that their fields name; and no others."""
    found = [(model.name, model.file, model.line, model.fields) for model in analysed(tmp_path, files).models]
    assert found == expected


def test_a_name_that_is_of_no_class_is_no_model(tmp_path):
    """A library's type, and a function of that name, yield nothing."""
    files = FASTAPI | {"shop/schemas.py": "from elsewhere import OrderIn\n", "shop/other.py": "def OrderIn(): ...\n"}
    assert analysed(tmp_path, files).models == []


def test_a_variable_of_the_same_name_is_no_model(tmp_path):
    """Where no import says whose a name is, the nearest class has it, also where a variable is nearer."""
    app = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef read(order: 'Order'): ..."
    files = {
        "requirements.txt": "fastapi",
        "shop/app.py": app,
        "shop/aliases.py": "import fastapi\nOrder = fastapi.Request",
        "models/order.py": "class Order:\n    amount: int",
    }
    assert [(model.name, model.file) for model in analysed(tmp_path, files).models] == [("Order", "models/order.py")]


def test_a_model_that_holds_itself_ends(tmp_path):
    """Each class is one model, however often it is named."""
    tree = (
        "from pydantic import BaseModel\n\nclass OrderIn(BaseModel):\n    inner: list['OrderIn']\n    other: OrderIn\n"
    )
    assert [model.name for model in analysed(tmp_path, FASTAPI | {"shop/schemas.py": tree}).models] == ["OrderIn"]


def test_models_are_in_the_openapi_document(tmp_path):
    """A request's schema leads to the model, and its constraints are those that were declared."""
    schemas = openapi(analysed(tmp_path, FASTAPI), title="made")["components"]["schemas"]
    assert schemas["OrderIn"]["properties"]["note"]["maxLength"] == 80
    assert schemas["OrderIn"]["required"] == ["lines"]
    assert schemas["OrderIn"]["properties"]["lines"]["items"] == {"$ref": "#/components/schemas/Line"}


def test_a_model_knows_its_kind(tmp_path):
    """A record is told from a class."""
    assert [model.kind for model in analysed(tmp_path, SPRING).models] == ["record"]
    assert all(isinstance(model, Model) for model in analysed(tmp_path, NESTJS).models)


def test_classes_that_nest_makes_of_others(tmp_path):
    """Partial, picked, omitted and joined fields are those of a body, and single values of a query."""
    controller = NESTJS["src/cats.controller.ts"].replace(
        "@Post() create(@Body() cat: CreateCatDto) {}",
        "@Post() change(@Body() cat: Change) {}\n@Get() list(@Query() wanted: Wanted, "
        "@Query('page', new DefaultValuePipe(1), ParseIntPipe) page: number) {}",
    )
    files = {**NESTJS, "src/cats.controller.ts": controller.replace("Body, ", "Body, Get, Query, ")}
    report = analysed(tmp_path, files)
    [change] = [model for model in report.models if model.name == "Change"]
    assert {one.name: one.required for one in change.fields} == {
        "name": False,
        "tags": False,
        "order": False,
        "by": True,
    }
    [listing] = [route for route in report.routes if route.method == "GET"]
    assert [(one.name, one.required) for one in listing.params] == [("by", True), ("deck", True), ("page", False)]
