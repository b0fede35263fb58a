"""What comments in swag's form add to the rows of Go's routers."""

from github_connections.analysis.tests.test_models import analysed

FILES = {
    "go.mod": "module shop\n\nrequire github.com/gin-gonic/gin v1.9.0\n",
    "main.go": """package main

import (
	"shop/pens"

	"github.com/gin-gonic/gin"
)

func main() {
	router := gin.Default()
	router.GET("/pens/:id", pens.One)
	router.POST("/pens", pens.Add)
	router.PUT("/pens", pens.Change)
	router.GET("/count", pens.Count)
	router.Run()
}
""",
    "pens/pens.go": """package pens

import "github.com/gin-gonic/gin"

type Pen struct {
	Colour string `json:"colour"`
}

// One shows a pen
//
//	@Summary	one of all
//	@Param		id		path	int		true	"which"
//	@Param		size	query	string	false	"how large"
//	@Param		X-Mode	header	string	true	"how"
//	@Success	200		{object}	pens.Pen
//	@Failure	404,500	{object}	string
//	@Security	ApiKeyAuth
//	@Router		/pens/{id} [get]
func One(c *gin.Context) {
	c.Query("size")
}

// @Param pen body Pen true "the new one"
// @Param shop path string true "of another route"
// @Success 201 {array} []Pen
func Add(c *gin.Context) {}

// @Param other body Pen true "the new one"
func Change(c *gin.Context) {
	var pen Pen
	c.ShouldBindJSON(&pen)
}

// @Success 200 {object} Pen

func Count(c *gin.Context) {}
""",
}


def test_what_a_comment_says_is_told_and_code_comes_first(tmp_path):
    rows = {f"{row.method} {row.path}": row for row in analysed(tmp_path, FILES).routes}
    params = {name: [(one.name, one.place, one.type, one.required) for one in row.params] for name, row in rows.items()}
    assert params == {
        "GET /pens/{id}": [
            ("id", "path", "int", True),
            ("size", "query", "string", False),
            ("X-Mode", "header", "string", True),
        ],
        "POST /pens": [("pen", "body", "Pen", True)],
        "PUT /pens": [("pen", "body", "Pen", True)],
        "GET /count": [],
    }
    said = {name: (row.request_model, row.response_model, row.status_codes) for name, row in rows.items()}
    assert said == {
        "GET /pens/{id}": ("", "pens.Pen", [200, 404, 500]),
        "POST /pens": ("Pen", "Pen", [201]),
        "PUT /pens": ("Pen", "", []),
        "GET /count": ("", "", []),
    }
    assert {name: row.auth.state for name, row in rows.items() if row.auth.state != "unknown"} == {
        "GET /pens/{id}": "required"
    }
