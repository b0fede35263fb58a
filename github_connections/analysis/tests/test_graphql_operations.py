"""What the report says of GraphQL's operations beside their names: arguments, what comes back, who may call."""

from __future__ import annotations

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere, make_tree


@pytest.fixture(autouse=True)
def parse_right_here(monkeypatch):
    """Small repositories need no processes of their own."""
    monkeypatch.setattr(pipeline, "Parsers", ParsersHere)


def told(tmp_path, package, files):
    """Return the operations as they stand in the report: name, arguments, result, log-in."""
    manifest = f'{{"name": "ship", "dependencies": {{"{package}": "1"}}}}'
    report = in_process.analyze_here(make_tree(tmp_path, {"package.json": manifest, **files}), Limits(processes=1))
    said = {}
    for route in report.routes:
        given = " ".join(f"{one.name}{'' if one.required else '?'}:{one.type}" for one in route.params)
        said[route.handler] = (given, route.response_model, route.auth.state)
    return said


SCHEMA = """
type Query {
  "Everybody, e.g. crew(deck: Int): nobody"
  crew(deck: Int!, rank: String = "mate", where: Where = { at: [1] }): [Sailor!]!
  mast: Int  # (high: Int)
}
input Where { at: [Int] }
extend type Mutation {
  hire(
    sailor: SailorInput! @check(rule: "age")
    ids: [ID!]!
  ): Sailor @auth(requires: CAPTAIN)
  fire(id: ID!): Boolean
}
"""


def test_a_schema_says_arguments_and_results(tmp_path):
    """Defaults, directives, comments and lines do not get in the way."""
    assert told(tmp_path, "graphql-yoga", {"schema.graphql": SCHEMA}) == {
        "Query.crew": ("deck:Int rank?:String where?:Where", "Sailor", "unknown"),
        "Query.mast": ("", "", "unknown"),
        "Mutation.hire": ("sailor:SailorInput ids:[ID!]", "Sailor", "unknown"),
        "Mutation.fire": ("id:ID", "", "unknown"),
    }


NEST = """
import { Args, ArgsType, Field, Int, Mutation, Query, Resolver } from "@nestjs/graphql";
import { UseGuards } from "@nestjs/common";
import { GqlAuthGuard } from "./guard";
import { Public } from "./public";
@ArgsType()
class Paging { @Field(() => Int) first: number; after?: string }
@Resolver(() => Sailor)
@UseGuards(GqlAuthGuard)
export class SailorsResolver {
  @Public()
  @Query(() => [Sailor])
  crew(@Args() paging: Paging, @Args({ name: "rank", type: () => String, nullable: true }) rank?: string) {}
  @Mutation((returns) => Boolean, { name: "hire" })
  take(@Args("sailor") sailor: SailorInput, @Args("deck", { type: () => Int, defaultValue: 1 }) deck: number) {}
}
"""
TYPED = """
import { Arg, Authorized, Ctx, Int, Mutation, Query, Resolver, UseMiddleware } from "type-graphql";
import { known } from "./known";
@Resolver()
export class SailorsResolver {
  @Query(() => Crew)
  crew(@Arg("deck", () => Int) deck: number, @Arg("rank", { nullable: true }) rank: string, @Ctx() context: any) {}
  @Authorized("CAPTAIN")
  @Mutation(() => Boolean)
  fire(@Arg("name") name: string) {}
  @UseMiddleware(known)
  @Mutation(() => Boolean)
  hire() {}
}
"""
KNOWN = """
export const known = ({ context }, next) => {
  if (!context.req.session.userId) throw new Error("not authenticated");
  return next();
};
"""


def test_resolvers_of_nest_say_arguments_and_guards(tmp_path):
    """Arguments are named by text, by options, or by a class of them."""
    assert told(tmp_path, "@nestjs/graphql", {"sailors.resolver.ts": NEST}) == {
        "Query.crew": ("first:Float after?:String rank?:String", "Sailor", "none"),
        "Mutation.hire": ("sailor:SailorInput deck?:Int", "", "required"),
    }


def test_resolvers_of_typegraphql_say_arguments_and_guards(tmp_path):
    """A middleware is known by what it does here too."""
    assert told(tmp_path, "type-graphql", {"sailors.ts": TYPED, "known.ts": KNOWN}) == {
        "Query.crew": ("deck:Int rank?:String", "Crew", "unknown"),
        "Mutation.fire": ("name:String", "", "required"),
        "Mutation.hire": ("", "", "required"),
    }


def test_what_a_resolver_says_is_added_to_its_schema(tmp_path):
    """A schema that was made of the resolvers knows nothing of guards."""
    made = "type Query {\n  crew: [Sailor]\n}\n"
    files = {"schema.gql": made, "sailors.resolver.ts": NEST}
    assert told(tmp_path, "@nestjs/graphql", files)["Query.crew"][2] == "none"


def test_types_that_nobody_closes(tmp_path):
    """A schema that is damaged costs no more than others, and what follows is read."""
    damaged = "type Query { a(" * 3000 + "\n}\ntype Mutation { hire: Int }\n"
    assert "Mutation.hire" in told(tmp_path, "graphql-yoga", {"schema.graphql": damaged})
