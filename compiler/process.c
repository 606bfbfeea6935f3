#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_STARTED = 127 };

/* In the child: the file takes the place of standard input. */
static int read_from(const char *input)
{
    const int file = open(input, O_RDONLY);
    return file >= 0 && dup2(file, STDIN_FILENO) >= 0 && (file == STDIN_FILENO || close(file) == 0);
}

int process_run(const char *directory, char *const *argv)
{
    return process_run_on(NULL, directory, argv);
}

int process_run_on(const char *input, const char *directory, char *const *argv)
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
        if ((!input || read_from(input)) && chdir(directory) == 0) {
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
