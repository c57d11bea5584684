# Built in two steps: the first makes a wheel with the browser part inside, the second installs it and nothing else.
FROM python:3.12-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.12-slim
# Empty TORCH_INDEX: PyPI's torch with CUDA. The default is torch's own CPU build, two gigabytes smaller.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY --from=build /wheel /wheel
RUN pip install --no-cache-dir ${TORCH_INDEX:+--extra-index-url $TORCH_INDEX} /wheel/*.whl && rm -r /wheel \
    && useradd --create-home --uid 10001 policyscope \
    && install --directory --owner policyscope --group policyscope --mode 0700 /data
USER policyscope
WORKDIR /home/policyscope

# Inside a container every interface is the container's own; what the machine publishes is in docker-compose.yml.
ENV POLICYSCOPE_HOST=0.0.0.0 \
    POLICYSCOPE_INSECURE_LAN=1 \
    POLICYSCOPE_PORT=8420 \
    POLICYSCOPE_DATA_DIR=/data \
    POLICYSCOPE_OPEN_BROWSER=0 \
    PYTHONUNBUFFERED=1
EXPOSE 8420
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8420/api/health', timeout=2)"]
# SIGTERM checkpoints the runs and leaves them paused; a later start offers to resume them.
STOPSIGNAL SIGTERM
CMD ["policyscope", "serve"]
