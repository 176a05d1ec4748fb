# The worker in an image that runs as nobody in particular, on a root file system that may be
# read-only, and keeps everything it keeps in one volume, /data.

FROM python:3.11-slim-bookworm AS build

WORKDIR /build
COPY requirements.lock requirements-build.lock ./
# One environment to build with, and one to ship, which holds no installer.
RUN python -m venv tools \
    && tools/bin/pip install --no-cache-dir --require-hashes --requirement requirements-build.lock \
    && python -m venv --without-pip /opt/postmortem \
    && tools/bin/pip --python /opt/postmortem install --no-cache-dir --require-hashes \
        --requirement requirements.lock
COPY . src
RUN tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir wheels ./src \
    && tools/bin/pip --python /opt/postmortem install --no-cache-dir --no-deps wheels/*.whl


FROM python:3.11-slim-bookworm

# For documents kept in a Git remote.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/*

RUN groupadd --gid 10001 postmortem \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home postmortem \
    && install --directory --owner postmortem --group postmortem /data

COPY --from=build /opt/postmortem /opt/postmortem
COPY LICENSE NOTICE /usr/share/doc/postmortem-worker/

ENV PATH=/opt/postmortem/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    TMPDIR=/data \
    POSTMORTEM_DOCUMENTS=/data/postmortems \
    POSTMORTEM_DATABASE_URL=sqlite:////data/postmortem.db

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]

ENTRYPOINT ["postmortem"]
CMD ["serve", "--host", "0.0.0.0"]
