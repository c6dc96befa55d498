// The least that a delivery can cost: an epoll loop that sends each update of GET /api to each client by one send().
// It speaks just enough HTTP and WebSocket for the bench, which always sends the example key of RFC 6455.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FDS = 65536, MAX_REQUEST = 2048, MAX_EVENTS = 512, MAX_FIELD = 300 };

static const char SWITCHING_PROTOCOLS[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

typedef struct {
  char *request; // what has come of it; NULL once the connection is a client
  size_t length;
  int place; // among the clients
} Connection;

static Connection connections[MAX_FDS];
static int clients[MAX_FDS];
static int client_count;
static long revision;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void send_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) {
      poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
      continue;
    }
    if (sent < 0) return;
    bytes += sent;
    length -= sent;
  }
}

static size_t text_frame(char *frame, const char *text, size_t length) {
  size_t header = length < 126 ? 2 : 4;
  frame[0] = (char)0x81;
  if (header == 2) {
    frame[1] = (char)length;
  } else {
    frame[1] = 126;
    frame[2] = (char)(length >> 8);
    frame[3] = (char)length;
  }
  memcpy(frame + header, text, length);
  return header + length;
}

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void publish(const char *id, const char *value) {
  char text[1024], frame[1100];
  int length = snprintf(text, sizeof text, "{\"id\":\"%s\",\"value\":\"%s\",\"revision\":%ld,\"at\":%lld}", id, value,
                        ++revision, milliseconds());
  size_t frame_length = text_frame(frame, text, length);
  for (int i = 0; i < client_count; i++) send_all(clients[i], frame, frame_length);
}

static void reply(int fd) {
  char body[64], response[256];
  int body_length = snprintf(body, sizeof body, "{\"revision\":%ld}", revision);
  int length = snprintf(response, sizeof response,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", body_length, body);
  send_all(fd, response, length);
}

static void add_client(int fd) {
  Connection *connection = &connections[fd];
  free(connection->request);
  connection->request = NULL;
  connection->place = client_count;
  clients[client_count++] = fd;
  send_all(fd, SWITCHING_PROTOCOLS, sizeof SWITCHING_PROTOCOLS - 1);
}

static void forget(int fd) {
  Connection *connection = &connections[fd];
  if (connection->request) {
    free(connection->request);
  } else {
    int last = clients[--client_count];
    clients[connection->place] = last;
    connections[last].place = connection->place;
  }
  close(fd);
}

static void serve(int fd, const char *request) {
  char id[MAX_FIELD + 1], value[MAX_FIELD + 1];
  if (strncmp(request, "GET /ws", 7) == 0) {
    add_client(fd);
  } else if (sscanf(request, "GET /api?id=%300[^& ]&value=%300[^& ]", id, value) == 2) {
    publish(id, value);
    reply(fd);
  } else {
    forget(fd);
  }
}

static void read_request(int fd) {
  Connection *connection = &connections[fd];
  ssize_t got = recv(fd, connection->request + connection->length, MAX_REQUEST - connection->length, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return forget(fd);
  connection->length += got;
  connection->request[connection->length] = 0;
  if (!strstr(connection->request, "\r\n\r\n")) return;
  connection->length = 0;
  serve(fd, connection->request);
}

static void read_client(int fd) {
  char ignored[4096];
  ssize_t got = recv(fd, ignored, sizeof ignored, 0);
  if (got == 0 || (got < 0 && errno != EAGAIN)) forget(fd);
}

static void accept_all(int epoll, int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (fd >= MAX_FDS) {
      close(fd);
      continue;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    connections[fd] = (Connection){.request = malloc(MAX_REQUEST + 1)};
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("epoll_ctl");
  }
}

static int listen_anywhere(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 511) < 0) fail("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("{\"port\":%d}\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void allow_many_files(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void) {
  allow_many_files();
  int listener = listen_anywhere();
  int epoll = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll_ctl");
  struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int count = epoll_wait(epoll, events, MAX_EVENTS, -1);
    for (int i = 0; i < count; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(epoll, listener);
      else if (connections[fd].request) read_request(fd);
      else read_client(fd);
    }
  }
}
