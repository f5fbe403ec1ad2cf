/*
 * The floor under every fan-out: one process that does nothing but send the same bytes to each of N sockets, event after event.
 *
 *   floor N BYTES EVENTS INTERVAL_US
 *
 * Prints its port, waits until N have come, says "in", waits for a line, then sends; stays until it is killed. The last of each message is "<end>".
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int n = atoi(argv[1]), bytes = atoi(argv[2]), events = atoi(argv[3]), interval_us = atoi(argv[4]);
  if (n < 1 || bytes < 16 || bytes > 65535 || events < 1) return 2;
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  int door = socket(AF_INET, SOCK_STREAM, 0), yes = 1, *socks = malloc(sizeof(int) * n);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  if (door < 0 || bind(door, (struct sockaddr *)&at, size) || listen(door, 4096)) return 1;
  getsockname(door, (struct sockaddr *)&at, &size);
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  for (int i = 0; i < n; i++) {
    if ((socks[i] = accept(door, NULL, NULL)) < 0) return 1;
    setsockopt(socks[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  }

  char *frame = malloc(bytes), line[64];
  memset(frame, 'x', bytes);
  memcpy(frame + bytes - 5, "<end>", 5);
  printf("in\n");
  fflush(stdout);
  if (read(0, line, sizeof line) < 1) return 1;
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (int event = 0; event < events; event++) {
    for (int i = 0; i < n; i++) {
      if (send(socks[i], frame, bytes, MSG_NOSIGNAL) != bytes) return 1;
    }
    due.tv_nsec += interval_us * 1000LL;
    while (due.tv_nsec >= 1000000000LL) due.tv_nsec -= 1000000000LL, due.tv_sec++;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
  }
  pause();
  return 0;
}
