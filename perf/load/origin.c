/*
 * The origin of the load comparison: answers every request with the same bytes, 128 of them or as many as the first
 * argument says, at the least cost. With a third argument, "close", an answer does not say its length and ends with
 * the connection.
 *
 * One thread, level-triggered epoll. A head ends at an empty line; behind it comes a body of as many bytes as the
 * second argument says, none without it, which is dropped unseen. What one read brought is answered by one write,
 * however many heads were in it, so pipelined requests cost the origin little.
 * Prints its port on the first line; the kernel chooses it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_BODY_LENGTH 128
#define MAX_BODY_LENGTH (1L << 40)
#define MAX_CONNECTIONS 16384
/* Answers lie one behind the other, so that many leave in one write; a large one is enough for that. */
#define ANSWERS_SIZE (256 * 1024)
/* Of a longer body this much is in memory, and sent over and over. */
#define MAX_PIECE_LENGTH (1L << 20)
#define READ_SIZE 65536

struct connection {
    int matched;         /* how many bytes of the empty line were seen at the end of the last read */
    size_t uploading;    /* bytes of a request's body that are still to come */
    size_t pending;      /* bytes still to be sent; a whole number of answers when nothing was cut */
};

static struct connection connections[MAX_CONNECTIONS];
static char *answers;
static size_t upload_length;
static int closes;
static size_t head_length;
static size_t piece_length;
static size_t answer_length;
static size_t answers_length;
static int epoll_fd;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void prepare_answers(size_t body_length)
{
    char head[256];
    char date[64];
    time_t now = time(NULL);
    /* RFC 9110, section 6.6.1: an origin with a clock sends a Date. Once is enough here. */
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    char framing[64] = "Connection: close";
    if (!closes)
        sprintf(framing, "Content-Length: %zu", body_length);
    head_length = (size_t)sprintf(head,
        "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Type: text/plain\r\n%s\r\n\r\n", date, framing);
    answer_length = head_length + body_length;
    piece_length = body_length < MAX_PIECE_LENGTH ? body_length : MAX_PIECE_LENGTH;
    size_t count = answer_length < ANSWERS_SIZE ? ANSWERS_SIZE / answer_length : 1;
    answers_length = count * (head_length + piece_length);
    answers = malloc(answers_length);
    if (answers == NULL)
        fail("malloc");
    for (size_t i = 0; i < count; i++) {
        memcpy(answers + i * answer_length, head, head_length);
        memset(answers + i * answer_length + head_length, 'm', piece_length);
    }
}

static int listen_on_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0)
        fail("listen");
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        fail("getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void watch(int operation, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll_fd, operation, fd, &event) < 0)
        fail("epoll_ctl");
}

static void accept_all(int listener)
{
    int one = 1;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN)
                return;
            if (errno == ECONNABORTED || errno == EINTR)
                continue;
            fail("accept");
        }
        if (fd >= MAX_CONNECTIONS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connections[fd] = (struct connection){0};
        watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
}

/* How many requests ended in these bytes. */
static size_t count_requests(struct connection *connection, const char *bytes, size_t length)
{
    static const char end[4] = {'\r', '\n', '\r', '\n'};
    int matched = connection->matched;
    size_t requests = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == end[matched]) {
            if (++matched == 4) {
                matched = 0;
                connection->uploading = upload_length;
                size_t body = length - i - 1;
                if (body > connection->uploading)
                    body = connection->uploading;
                i += body;
                connection->uploading -= body;
                requests += connection->uploading == 0;
            }
        } else {
            matched = bytes[i] == '\r';
        }
    }
    connection->matched = matched;
    return requests;
}

/* Reads once; returns how many requests ended, or -1 when the connection is lost. */
static ssize_t receive(int fd, struct connection *connection)
{
    static char bytes[READ_SIZE];
    /* tcp(7): MSG_TRUNC drops what was received, which costs no copy. */
    int uploading = connection->uploading > 0;
    ssize_t length = uploading ? recv(fd, NULL, connection->uploading, MSG_TRUNC) : recv(fd, bytes, sizeof bytes, 0);
    if (length == 0 || (length < 0 && errno != EAGAIN))
        return -1;
    if (length < 0)
        return 0;
    if (!uploading)
        return (ssize_t)count_requests(connection, bytes, (size_t)length);
    connection->uploading -= (size_t)length;
    return connection->uploading == 0;
}

/* Sends what is pending; returns 0 when the connection is lost. The cut of a partial write is kept by position. */
static int flush_pending(int fd, struct connection *connection)
{
    while (connection->pending > 0) {
        size_t cut = connection->pending % answer_length;
        size_t start = cut == 0 ? 0 : answer_length - cut;
        size_t size = connection->pending;
        if (answer_length > answers_length && cut > 0)
            size = cut;
        if (start >= answers_length)
            start = head_length + (start - head_length) % piece_length;
        if (size > answers_length - start)
            size = answers_length - start;
        ssize_t sent = send(fd, answers + start, size, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        connection->pending -= (size_t)sent;
    }
    return 1;
}

static void on_event(int fd, uint32_t events)
{
    struct connection *connection = &connections[fd];
    size_t before = connection->pending;
    if (before == 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) {
        ssize_t requests = receive(fd, connection);
        if (requests < 0) {
            close(fd);
            return;
        }
        connection->pending = (size_t)requests * answer_length;
    }
    int answering = connection->pending > 0;
    if (!flush_pending(fd, connection) || (closes && answering && connection->pending == 0)) {
        close(fd);
        return;
    }
    if ((before > 0) != (connection->pending > 0))
        watch(EPOLL_CTL_MOD, fd, connection->pending > 0 ? EPOLLOUT : EPOLLIN);
}

int main(int argc, char **argv)
{
    struct epoll_event events[512];
    long body_length = argc > 1 ? strtol(argv[1], NULL, 10) : DEFAULT_BODY_LENGTH;
    long upload = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    if (body_length < 0 || body_length > MAX_BODY_LENGTH || upload < 0) {
        fprintf(stderr, "usage: %s [BODY_LENGTH [UPLOAD_LENGTH [close]]]\n", argv[0]);
        return 2;
    }
    upload_length = (size_t)upload;
    closes = argc > 3 && strcmp(argv[3], "close") == 0;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prepare_answers((size_t)body_length);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        fail("epoll_create1");
    int listener = listen_on_free_port();
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    for (;;) {
        int ready = epoll_wait(epoll_fd, events, 512, -1);
        if (ready < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener);
            else
                on_event(events[i].data.fd, events[i].events);
        }
    }
}
