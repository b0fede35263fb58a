"""Fields of pydantic's models have the names that callers write: their aliases."""

import pytest

from github_connections.analysis.tests.test_models import analysed

APP = """from typing import Annotated

from fastapi import FastAPI, Header, Query

from shop.schemas import Filters, Order

NOTE = "X-Note"
app = FastAPI()

@app.post("/orders")
def order(order: Order, filters: Annotated[Filters, Query()], note: Annotated[str, Header(alias=NOTE)] = ""):
    ...
"""
FILTERS = """from typing import Annotated

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field

class Filters(BaseModel):
    page_size: int = Field(10, alias="pageSize")
    order_by: Annotated[str, Field(alias="orderBy", max_length=9)] = "day"

"""


def _fields(tmp_path, order):
    files = {"requirements.txt": "fastapi\n", "shop/app.py": APP, "shop/schemas.py": FILTERS + order}
    report = analysed(tmp_path, files)
    (row,) = report.routes
    (model,) = [model for model in report.models if model.name == "Order"]
    return row, model.fields


def test_a_query_has_the_aliases_of_its_model(tmp_path):
    """By `Field`, as value or in an annotation, which leaves the type and the constraints."""
    row, _ = _fields(tmp_path, "class Order(BaseModel):\n    day: str\n")
    taken = [(one.name, one.place, one.type, one.required) for one in row.params if one.place != "body"]
    assert taken == [
        ("pageSize", "query", "int", False),
        ("orderBy", "query", "str", False),
        ("X-Note", "header", "str", False),
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (
            "class Order(BaseModel):\n"
            '    a_day: str = Field(validation_alias="aDay", alias="day")\n'
            "    b_day: str = Field()\n"
            '    c_day: str = Field(serialization_alias="cDay")\n',
            ["aDay", "b_day", "c_day"],
        ),
        (
            "class Base(BaseModel):\n"
            "    model_config = ConfigDict(alias_generator=to_camel)\n"
            "class Order(Base):\n"
            "    a_day_off: str\n"
            '    b_day: str = Field(alias="b")\n',
            ["aDayOff", "b"],
        ),
        (
            "class Order(BaseModel):\n    a_day: str\n    class Config:\n        alias_generator = humps.camelize\n",
            ["aDay"],
        ),
        (
            'class Order(BaseModel):\n    model_config = {"alias_generator": to_pascal}\n    a_day: str\n',
            ["ADay"],
        ),
        (
            "class Order(BaseModel):\n"
            "    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_kebab))\n"
            "    a_day: str\n",
            ["a-day"],
        ),
        (
            "class Order(BaseModel):\n    model_config = ConfigDict(alias_generator=shortened)\n    a_day: str\n",
            ["a_day"],
        ),
        (
            "class Order(BaseModel):\n    days: ClassVar[list[str]] = []\n    count: ClassVar = 0\n    a_day: str\n",
            ["a_day"],
        ),
    ],
)
def test_fields_of_a_model_have_the_names_of_requests(tmp_path, order, expected):
    """What says nothing that can be told leaves the names as they are."""
    _, fields = _fields(tmp_path, order)
    assert [one.name for one in fields] == expected


def test_an_annotation_says_the_constraints_of_a_field(tmp_path):
    """Beside its type."""
    order = "class Order(BaseModel):\n    day: Annotated[str, Field(max_length=10)]\n"
    _, (day,) = _fields(tmp_path, order)
    assert (day.name, day.type, day.required, day.constraints) == ("day", "str", True, {"max_length": 10})
