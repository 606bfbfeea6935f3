#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127 };

int process_run(const char *directory, char *const *argv)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before_int, before_quit;
    int status = 0;
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, &before_int);
    sigaction(SIGQUIT, &ignore, &before_quit);
    const pid_t child = fork();
    if (child == 0) {
        sigaction(SIGINT, &before_int, NULL);
        sigaction(SIGQUIT, &before_quit, NULL);
        if (chdir(directory) == 0) {
            execvp(argv[0], argv);
        }
        _exit(NOT_STARTED);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    sigaction(SIGINT, &before_int, NULL);
    sigaction(SIGQUIT, &before_quit, NULL);
    return child > 0 ? status : -1;
}

int process_started(int status)
{
    return status != -1 && !(WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED);
}
