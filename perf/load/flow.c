/*
 * Traffic at a given rate, for perf/load/compare --case beside:
 *
 *   flow download PORT PATH CONNECTIONS BYTES_PER_SECOND SECONDS
 *   flow requests PORT PATH CONNECTIONS REQUESTS_PER_SECOND SECONDS
 *
 * Both ask again and again on every connection. Downloads drop what they receive unseen; requests come at random times
 * (exponential intervals), whether earlier ones were answered or not, and wait for a free connection where all are in
 * use, which counts as their own waiting. A rate of 0 is as fast as the other side answers. Prints, at the end, how
 * many bytes or requests there were, and for requests the median and the 99th percentile of their times in us.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CONNECTIONS 1024
#define MAX_SAMPLES (1 << 24)
#define SECOND_NS 1000000000L
#define MILLISECOND_NS 1000000L
#define READ_SIZE 4096

struct connection {
    int busy;
    long since;          /* when the request under way began to wait, ns */
    int64_t remaining;   /* bytes of the answer that are still to come; -1 before its head */
};

static struct connection connections[MAX_CONNECTIONS];
static struct pollfd sockets[MAX_CONNECTIONS];
static int count;
static char request[1024];
static size_t request_length;
static uint32_t *samples;
static size_t sampled;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static long now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND_NS + time.tv_nsec;
}

static void connect_all(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
            fail("connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        sockets[i] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
}

static void ask(int i, long since)
{
    connections[i] = (struct connection){.busy = 1, .since = since, .remaining = -1};
    if (send(sockets[i].fd, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length)
        fail("send");
}

/* Reads at most so many bytes of an answer; returns how many there were, 0 for none now. */
static int64_t take(int i, int64_t most)
{
    char head[READ_SIZE + 1];
    struct connection *connection = &connections[i];
    int begun = connection->remaining >= 0;
    size_t size = begun ? (size_t)(connection->remaining < most ? connection->remaining : most) : READ_SIZE;
    /* tcp(7): MSG_TRUNC drops what was received, which costs no copy. */
    ssize_t length = recv(sockets[i].fd, begun ? NULL : head, size, MSG_DONTWAIT | (begun ? MSG_TRUNC : 0));
    if (length < 0 && errno == EAGAIN)
        return 0;
    if (length <= 0)
        fail("recv");
    if (!begun) {
        head[length] = 0;
        char *end = strstr(head, "\r\n\r\n");
        char *field = strcasestr(head, "\r\nContent-Length:");
        if (strncmp(head, "HTTP/1.1 200", 12) != 0 || end == NULL || field == NULL || field > end) {
            fprintf(stderr, "flow: unexpected answer: %.200s\n", head);
            exit(1);
        }
        connection->remaining = strtoll(field + 17, NULL, 10) + (end + 4 - head);
    }
    connection->remaining -= length;
    connection->busy = connection->remaining > 0;
    return length;
}

static void download(long rate, long end)
{
    int64_t total = 0;
    long due = now_ns();
    for (int i = 0; i < count; i++)
        ask(i, due);
    while (now_ns() < end) {
        int64_t share = INT64_MAX;
        if (rate == 0) {
            poll(sockets, (nfds_t)count, 1);
        } else {
            struct timespec time;
            due += MILLISECOND_NS;
            time = (struct timespec){due / SECOND_NS, due % SECOND_NS};
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
            share = rate / 1000 / count;
        }
        for (int i = 0; i < count; i++) {
            total += take(i, share);
            if (!connections[i].busy)
                ask(i, due);
        }
    }
    printf("%lld\n", (long long)total);
}

static int compare_samples(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void sample(long since, long now)
{
    if (sampled < MAX_SAMPLES)
        samples[sampled++] = (uint32_t)((now - since) / 1000);
}

/* Sends requests that are due on connections that are free; returns when the next one is due. */
static long ask_due(long rate, long due, long now)
{
    for (int i = 0; i < count && (rate == 0 || due <= now); i++) {
        if (connections[i].busy)
            continue;
        ask(i, rate == 0 ? now : due);
        if (rate > 0)
            due += (long)(-log(1 - drand48()) * (double)SECOND_NS / (double)rate);
    }
    return due;
}

static void requests(long rate, long end)
{
    long due = now_ns();
    samples = malloc(MAX_SAMPLES * sizeof *samples);
    if (samples == NULL)
        fail("malloc");
    for (long now = due; now < end; now = now_ns()) {
        due = ask_due(rate, due, now);
        long wait = rate == 0 || due <= now ? MILLISECOND_NS : due - now;
        struct timespec time = {wait / SECOND_NS, wait % SECOND_NS};
        if (ppoll(sockets, (nfds_t)count, &time, NULL) <= 0)
            continue;
        for (int i = 0; i < count; i++) {
            if (sockets[i].revents && take(i, INT64_MAX) > 0 && !connections[i].busy)
                sample(connections[i].since, now_ns());
        }
    }
    if (sampled == 0)
        fail("no answer");
    qsort(samples, sampled, sizeof *samples, compare_samples);
    printf("%zu %u %u\n", sampled, samples[sampled / 2], samples[sampled * 99 / 100]);
}

int main(int argc, char **argv)
{
    if (argc != 7 || (count = atoi(argv[4])) < 1 || count > MAX_CONNECTIONS) {
        fprintf(stderr, "usage: flow download|requests PORT PATH CONNECTIONS PER_SECOND SECONDS\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_TIMERSLACK, 1000);
    request_length = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", argv[3]);
    connect_all(atoi(argv[2]));
    long end = now_ns() + (long)(atof(argv[6]) * (double)SECOND_NS);
    (strcmp(argv[1], "download") == 0 ? download : requests)(atol(argv[5]), end);
    return 0;
}
