/* measured INPUT COMMAND...: runs a command on a file, and writes to descriptor 3: milliseconds of wall clock and of
 * processor time, the peak of its resident memory in KiB, and its exit status. A shell or Python would count its own memory in. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words)
{
    struct timespec start, end;
    struct rusage used;
    int status;
    if (count < 3) return 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        int input = open(words[1], O_RDONLY);
        if (input < 0 || dup2(input, 0) < 0) _exit(127);
        close(3);
        execv(words[2], words + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) return 2;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double wall = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
    double cpu = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
    dprintf(3, "%.3f %.3f %ld %d\n", wall, cpu, used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
