# Builds with `docker build .`; needs BuildKit or buildah for the cache mount.

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -DskipTests -Dspotless.check.skip -Dcheckstyle.skip package

FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Freshet" \
      org.opencontainers.image.description="A caching pull-through proxy for container registries"
COPY --from=build /src/freshet /src/proxy/target/freshet.jar /opt/freshet/
# The working directory holds freshet.yaml, to be replaced by a mount, and freshet-data, the default data directory.
# In a container the admin port listens on all addresses, or nobody could reach it: publish it to trusted networks only.
WORKDIR /srv/freshet
RUN printf 'admin:\n  listen: 0.0.0.0:5001\n' > freshet.yaml \
 && install -d -o 10001 -g 10001 freshet-data
USER 10001:10001
VOLUME /srv/freshet/freshet-data
EXPOSE 5000 5001
# Bash opens the connection itself, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5001 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && IFS= read -r line <&3 && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["/opt/freshet/freshet"]
CMD ["serve"]
