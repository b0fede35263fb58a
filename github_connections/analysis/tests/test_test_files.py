"""Files of tests: with which framework, and how many cases."""

# ruff: noqa: E501  # a file a line reads better than one in pieces

import time

import pytest

from github_connections.analysis.inventory import Source
from github_connections.analysis.languages import language_of
from github_connections.analysis.projects import Project
from github_connections.analysis.test_files import TestReader


def read(path: str, text: str, *dependencies: str):
    projects = [Project("", "node", "package.json", dependencies=dict.fromkeys(dependencies, ""))]
    source = Source(path, language_of(path), len(text))
    return [(row.framework, row.cases) for row in TestReader(projects).rows([source], lambda _: text.encode())]


@pytest.mark.parametrize(
    ("path", "text", "framework", "cases"),
    [
        ("test_a.py", "def test_a(): pass\n\nasync def test_b():\n    pass\ndef helper(): pass", "pytest", 2),
        ("test_a.py", "class A(TestCase):\n    def test_a(self): pass", "unittest", 1),
        ("a.spec.ts", "import { test } from '@playwright/test';\ntest.describe('x', () => {\n  test('a', f);\n  test.skip('b', f);\n});", "playwright", 2),
        ("a.cy.js", "it('a', () => { cy.visit('/'); });", "cypress", 1),
        ("a.test.ts", "import { it } from 'vitest';\nit.each([1])('a', f);", "vitest", 1),
        ("a.test.js", "const test = require('node:test');\ntest('a', f);", "node", 1),
        ("a.test.jsx", "it('a', f);", "jest", 1),
        ("UserTest.java", "@Test\nvoid a() {}\n@ParameterizedTest\nvoid b() {}\n@TestConfiguration", "junit", 2),
        ("UserTest.kt", "@Test fun a() {}", "junit", 1),
        ("UserTests.cs", "[Fact]\npublic void A() {}\n[Theory]", "xunit", 2),
        ("UserTests.cs", "using NUnit.Framework;\n[Test]", "nunit", 1),
        ("a_test.go", "func TestA(t *testing.T) {}\nfunc TestMain(m *testing.M) {}", "go test", 1),
        ("a_spec.rb", "describe 'x' do\n  it 'a' do\n  end\nend", "rspec", 1),
        ("a_test.rb", "class A < Minitest::Test\n  def test_a\n  end\nend", "minitest", 1),
        ("ATest.php", "public function testA() {}\n#[Test]\npublic function b() {}", "phpunit", 2),
        ("ATest.php", "it('a', function () {});", "pest", 1),
        ("a_test.rs", "#[test]\nfn a() {}\n#[tokio::test]", "cargo test", 2),
        ("a_test.exs", 'test "a", %{conn: conn} do\n  property "b" do\ntest_helper "c"\ntest("d") do', "exunit", 3),
    ],
)  # fmt: skip
def test_cases_are_counted(path, text, framework, cases):
    """Each framework is known by what its files say."""
    assert read(path, text) == [(framework, cases)]


def test_the_sub_project_says_what_a_file_does_not():
    """A file that imports nothing is of the framework that its sub-project depends on."""
    assert read("a.test.ts", "it('a', f);", "vite", "vitest") == [("vitest", 1)]
    assert read("a.spec.ts", "it('a', f);", "jasmine-core") == [("jasmine", 1)]


@pytest.mark.parametrize("path", ["conftest.py", "a.stories.tsx", "e2e/support.ts", "spec/rails_helper.rb"])
def test_a_file_without_cases_is_no_row(path):
    """What only helps tests is not told of."""
    assert read(path, "export const x = 1") == []


@pytest.mark.parametrize(
    "path", ["test_a.py", "a.test.ts", "ATest.java", "ATests.cs", "a_test.go", "a_spec.rb", "ATest.php"]
)
@pytest.mark.parametrize("text", [" " * 400_000, "\n" * 400_000, "def " * 100_000, "it(" * 130_000, "it.each" * 60_000])
def test_no_file_takes_long(path, text):
    """Whatever stands in it, counting takes a moment."""
    began = time.process_time()
    read(path, text)
    assert time.process_time() - began < 2
