import pytest, json
from qualisys.tenancy.provisioning import provision_tenant
from qualisys.tenancy.models import *
from qualisys.projects.models import *

def test_probe(world, project, api_as):
    from django.db import transaction
    class C:
        def __init__(s, c): s.c=c; c.raise_request_exception=False
        def __getattr__(s, n):
            f=getattr(s.c,n)
            def g(*a,**k):
                sid=transaction.savepoint()
                try: return f(*a,**k)
                finally: transaction.savepoint_rollback(sid)
            return g
    c = C(api_as(world.acme_owner))
    def show(label, r):
        print(label, r.status_code, r.headers.get("content-type"), r.headers.get("allow"), r.content[:250])
    P=f"/api/v1/projects/{project.pk}"
    show("OPTIONS", c.options(P))
    show("OPTIONS list", c.options("/api/v1/projects"))
    show("HEAD", c.head(P))
    show("PUT", c.put(P, {}, format="json"))
    show("surrogate role", c.generic("POST", P+"/members", b'{"email":"teammate@acme.example","role":"\\ud800"}', content_type="application/json"))
    show("list role", c.post(P+"/members", {"email":"teammate@acme.example","role":["a"]}, format="json"))
    show("dict role", c.post(P+"/members", {"email":"teammate@acme.example","role":{}}, format="json"))
    show("huge limit", c.get("/api/v1/projects?limit="+"9"*30))
    show("huge limit2", c.get("/api/v1/projects?limit="+"9"*19))
    show("huge offset", c.get("/api/v1/projects?offset="+"9"*30))
    show("limit nul", c.get("/api/v1/projects?limit=%00"))
    for cs in ["zlib","hex","rot13","utf-16","idna","punycode","unicode_escape", "nope"]:
        show("charset "+cs, c.generic("PATCH", P, b'{"name":"x"}', content_type="application/json; charset="+cs))
    show("deep", c.generic("PATCH", P, b'['*100000, content_type="application/json"))
    show("deep2", c.generic("PATCH", P, b'{"name":'*100000, content_type="application/json"))
    show("null", c.generic("PATCH", P, b'null', content_type="application/json"))
    show("empty", c.generic("PATCH", P, b'', content_type="application/json"))
    show("empty post", c.generic("POST", "/api/v1/projects", b'', content_type="application/json"))
    show("no ct", c.generic("POST", "/api/v1/projects", b'{"name":"x"}', content_type=""))
    show("form", c.generic("POST", "/api/v1/projects", b'name=x', content_type="application/x-www-form-urlencoded"))
    show("badutf8", c.generic("POST", "/api/v1/projects", b'{"name":"\xff"}', content_type="application/json"))
    show("nan", c.generic("POST", "/api/v1/projects", b'{"name":NaN}', content_type="application/json"))
    show("bigint", c.generic("POST", "/api/v1/projects", b'{"name":'+b"1"*5000+b"}", content_type="application/json"))
    show("surrkey", c.generic("POST", "/api/v1/projects", b'{"\\ud800":1}', content_type="application/json"))
    show("large", c.generic("POST", "/api/v1/projects", b'{"name":"'+b"1"*5000000+b'"}', content_type="application/json"))
    show("badpath", c.get("/api/v1/projects/%ED%A0%80"))
    show("nulpath", c.get("/api/v1/projects/%00"))
    show("badpath404", c.get("/api/v1/nothing/%ED%A0%80"))
    show("double slash", c.get("/api/v1//projects"))
    show("newline", c.get("/api/v1/projects%0a"))
    show("newline2", c.get(f"/api/v1/projects/{project.pk}%0a"))
    show("api root", c.get("/api"))
    show("api root", c.get("/api/"))
    show("accept", c.get("/api/v1/projects", HTTP_ACCEPT="text/html"))
    show("accept post", c.post("/api/v1/auth/token", {}, format="json", HTTP_ACCEPT="text/html"))
    show("format", c.get("/api/v1/projects?format=xml"))
    for h in ["nobody.localhost","evil.example","localhost","ACME.localhost","www.acme.localhost", "acme.localhost:8000", "acme.localhost.", "bad_host!"]:
        show("host "+h, C(api_as(world.acme_owner, host=h)).get("/api/v1/projects"))
    show("auth empty", api_as(None).get("/api/v1/projects"))
    for v in ["Bearer", "Bearer x", "Bearer a b", "Basic x", "bearer x", "Bearer \u00e9", "Bearer a.b.c", "Bearer "+"a"*10000]:
        cc=api_as(None); cc.raise_request_exception=False
        try:
            cc.credentials(HTTP_AUTHORIZATION=v); r=cc.get("/api/v1/projects"); show("auth "+v[:20], r); print(r.headers.get("WWW-Authenticate"))
        except Exception as e: print("auth", v, repr(e))
    # members
    show("user_id bad", c.delete(P+"/members/nope"))
    show("post null name", c.post("/api/v1/projects", {"name":None}, format="json"))

@pytest.mark.parametrize("schema,host",[("public","a.localhost"),("tenant_template","a.localhost"),("information_schema","a.localhost"),("good",""),("good","not a host"),("good","http://x/"),("good","localhost"),("good","acme.localhost"),("good","ACME.localhost"),("good","x"*300),("good","a.localhost:8000"),("good", "a\x00b"),("a\x00b","x.localhost"),("acme","x.localhost"),("ACME","x.localhost"),("","x.localhost"),("select","x.localhost"),("good","_x.localhost"), ("good","www.x.localhost"), ("pg_x","y.localhost")])
def test_prov(world, schema, host):
    from django.db import transaction
    try:
        with transaction.atomic():
            t=provision_tenant(schema,name="x",host=host,owner_id=world.acme_owner.pk)
        print(repr(schema),repr(host),"OK")
    except BaseException as e:
        print(repr(schema),repr(host),type(e).__name__, str(e)[:150].replace("\n"," "))
