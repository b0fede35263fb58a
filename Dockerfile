# One image for web, worker, beat and migrate, which differ by their command alone (docker-compose.yml).
FROM python:3.11-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*

# A fixed number: web and workers own the clones together. A volume mounted at /srv/clones takes its owner from here.
RUN groupadd --gid 10001 qualisys \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin qualisys \
    && install --directory --owner=10001 --group=10001 --mode=0700 /srv/clones

ENV PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt

COPY . .
# The code belongs to root: the service cannot change it, nor keep what Python makes of it. Each analysis starts anew.
RUN python -m compileall -q manage.py qualisys github_connections crawl
USER 10001:10001
EXPOSE 8000
# Of the command below; Compose asks its other services in their own way.
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "granian", "qualisys.wsgi:application", "--interface", "wsgi", "--working-dir", "/app", \
     "--host", "0.0.0.0", "--port", "8000", "--workers", "1", "--blocking-threads", "8", "--no-access-log"]
