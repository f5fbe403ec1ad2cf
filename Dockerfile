FROM python:3.11-slim-bookworm AS builder
WORKDIR /build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/luochui
COPY requirements.lock ./
RUN /opt/luochui/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml LICENSE ./
COPY engine engine/
COPY clients clients/
COPY bench bench/
COPY web web/
# Building is over after this: the tools that only build do not travel.
RUN /opt/luochui/bin/pip install --no-deps --no-build-isolation . \
    && /opt/luochui/bin/pip uninstall --yes hatchling pathspec pluggy trove-classifiers setuptools pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /data --no-create-home luochui \
    && install --directory --owner=luochui --group=luochui --mode=0750 /data /anchors
# The letters of printed papers.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
COPY --from=builder /opt/luochui /opt/luochui
ENV PATH=/opt/luochui/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 LUOCHUI_LOG_TO=stderr
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/anchors"]
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["luochui", "serve", "--data", "/data", "--host", "0.0.0.0"]
