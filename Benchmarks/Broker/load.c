// Keeps a number of connections to a broker busy, one request at a time on each, and prints what it saw as JSON.
//
//     load PORT AUTHORIZATION QUEUE MODE CONNECTIONS OPERATIONS BODY_BYTES
//
// MODE is one of
//   send    each connection sends messages
//   pairs   each connection takes a message under a lock, and completes it
//   mixed   even connections send, odd ones take and complete
//   counts  each connection asks how many messages there are
//
// An operation is one message sent, or one taken and completed. One thread waits for all connections, so that it takes
// as little of the machine as it can from the broker that it measures.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { answer_bytes = 1 << 16, location_bytes = 512, request_bytes = 4096 };
enum kind { sending, taking, completing, counting, kinds };
static const char *const kind_names[kinds] = {"send", "take", "complete", "count"};

struct connection {
    int socket;
    bool receives;
    enum kind kind;
    double began;
    size_t held;
    char location[location_bytes];
    char answer[answer_bytes];
};

struct series {
    float *seconds;
    long count;
};

static struct {
    int port;
    const char *authorization, *queue, *mode;
    long connections, operations;
    char *body;
    size_t body_length;
    long started, finished, empty;
    struct series series[kinds];
} load;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(1);
}

static void connect_to_broker(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)load.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("connect", strerror(errno));
    int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static size_t written_request(struct connection *connection, char *text) {
    const char *method = "POST";
    char target[location_bytes], more[256] = "";
    size_t body = 0;
    switch (connection->kind) {
    case sending:
        snprintf(target, sizeof target, "/%s/messages", load.queue);
        snprintf(more, sizeof more,
                 "Content-Type: application/json\r\n"
                 "BrokerProperties: {\"MessageId\":\"%d-%ld\",\"Label\":\"load\"}\r\n",
                 (int)getpid(), load.started);
        body = load.body_length;
        break;
    case taking: snprintf(target, sizeof target, "/%s/messages/head?timeout=30", load.queue); break;
    case completing:
        method = "DELETE";
        snprintf(target, sizeof target, "%s", connection->location);
        break;
    case counting:
        method = "GET";
        snprintf(target, sizeof target, "/%s", load.queue);
        break;
    case kinds: break;
    }
    int length = snprintf(text, request_bytes,
                          "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: %s\r\n%sContent-Length: %zu\r\n\r\n",
                          method, target, load.port, load.authorization, more, body);
    memcpy(text + length, load.body, body);
    return (size_t)length + body;
}

static void ask(struct connection *connection, enum kind kind) {
    static char text[request_bytes + (1 << 18)];
    connection->kind = kind;
    connection->began = now();
    size_t length = written_request(connection, text);
    for (size_t sent = 0; sent < length;) {
        ssize_t count = write(connection->socket, text + sent, length - sent);
        if (count <= 0) fail("write", strerror(errno));
        sent += (size_t)count;
    }
}

static void begin_operation(struct connection *connection) {
    if (load.started >= load.operations) return;
    load.started++;
    if (!strcmp(load.mode, "counts")) return ask(connection, counting);
    ask(connection, connection->receives ? taking : sending);
}

static void finish_operation(struct connection *connection) {
    load.finished++;
    begin_operation(connection);
}

static void note(enum kind kind, double seconds) {
    struct series *series = &load.series[kind];
    if (series->count < load.operations) series->seconds[series->count++] = (float)seconds;
}

static void read_location(struct connection *connection, const char *headers) {
    const char *line = strcasestr(headers, "\r\nlocation:");
    if (!line) fail("no location", headers);
    const char *path = strstr(line, "//");
    path = path ? strchr(path + 2, '/') : NULL;
    size_t length = path ? strcspn(path, "\r") : location_bytes;
    if (length >= location_bytes) fail("bad location", line);
    memcpy(connection->location, path, length);
    connection->location[length] = 0;
}

static void receive_answer(struct connection *connection, int status, const char *headers) {
    note(connection->kind, now() - connection->began);
    if (connection->kind == taking && status == 204) {
        load.empty++;
        return finish_operation(connection);
    }
    if (connection->kind == taking && status == 201) {
        read_location(connection, headers);
        return ask(connection, completing);
    }
    if (status != (connection->kind == sending ? 201 : 200)) fail(kind_names[connection->kind], headers);
    finish_operation(connection);
}

// Reads what there is; an answer is complete when all that its length announces is there.
static void read_some(struct connection *connection) {
    ssize_t count =
        read(connection->socket, connection->answer + connection->held, answer_bytes - 1 - connection->held);
    if (count <= 0) fail("read", count == 0 ? "the broker has closed the connection" : strerror(errno));
    connection->held += (size_t)count;
    connection->answer[connection->held] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end) return;
    end[2] = 0;
    const char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    size_t body = length ? strtoul(length + 17, NULL, 10) : 0;
    if ((size_t)(end - connection->answer) + 4 + body > connection->held) {
        end[2] = '\r';
        return;
    }
    connection->held = 0;
    receive_answer(connection, atoi(connection->answer + 9), connection->answer);
}

static int by_size(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static void print_series(enum kind kind) {
    struct series *series = &load.series[kind];
    if (series->count == 0) return;
    qsort(series->seconds, (size_t)series->count, sizeof(float), by_size);
    const double parts[] = {0.5, 0.9, 0.99};
    const char *const names[] = {"p50", "p90", "p99"};
    printf(",\"%s\":{", kind_names[kind]);
    for (int part = 0; part < 3; part++)
        printf("\"%s\":%.3f,", names[part], series->seconds[(long)((double)(series->count - 1) * parts[part])] * 1e3);
    printf("\"max\":%.3f}", series->seconds[series->count - 1] * 1e3);
}

static void run(void) {
    int events = epoll_create1(0);
    struct connection *connections = calloc((size_t)load.connections, sizeof *connections);
    for (long number = 0; number < load.connections; number++) {
        struct connection *connection = &connections[number];
        connect_to_broker(connection);
        connection->receives = !strcmp(load.mode, "pairs") || (!strcmp(load.mode, "mixed") && number % 2);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(events, EPOLL_CTL_ADD, connection->socket, &event);
    }
    double began = now();
    for (long number = 0; number < load.connections; number++) begin_operation(&connections[number]);
    while (load.finished < load.operations) {
        struct epoll_event ready[64];
        int count = epoll_wait(events, ready, 64, 60000);
        if (count <= 0) fail("wait", "nothing came for a minute");
        for (int number = 0; number < count; number++) read_some(ready[number].data.ptr);
    }
    double seconds = now() - began;
    printf("{\"operations\":%ld,\"empty\":%ld,\"seconds\":%.4f,\"perSecond\":%.1f", load.finished, load.empty, seconds,
           (double)load.finished / seconds);
    for (enum kind kind = 0; kind < kinds; kind++) print_series(kind);
    printf("}\n");
}

int main(int count, char **words) {
    if (count != 8) fail("usage", "load PORT AUTHORIZATION QUEUE MODE CONNECTIONS OPERATIONS BODY_BYTES");
    load.port = atoi(words[1]);
    load.authorization = words[2];
    load.queue = words[3];
    load.mode = words[4];
    load.connections = atol(words[5]);
    load.operations = atol(words[6]);
    load.body_length = strtoul(words[7], NULL, 10);
    if (load.body_length > 1 << 18) fail("usage", "BODY_BYTES is at most 262144");
    load.body = malloc(load.body_length + 1);
    memset(load.body, 'x', load.body_length);
    for (enum kind kind = 0; kind < kinds; kind++) load.series[kind].seconds = calloc((size_t)load.operations, 4);
    run();
}
