/* cores.c - how many threads are worth starting */
#include "cli.h"

#ifdef MODEL_THREADS

/* The line of a small file that begins with `word`, behind it; "": there is none. */
static void cores_line(const char *path, const char *word, char line[256])
{
    FILE *const file = fopen(path, "r");
    const size_t n = strlen(word);
    line[0] = '\0';
    while (file && fgets(line, 256, file)) {
        if (strncmp(line, word, n) == 0) {
            memmove(line, line + n, strlen(line + n) + 1);
            fclose(file);
            return;
        }
        line[0] = '\0';
    }
    if (file) {
        fclose(file);
    }
}

/* Cores that this process may run on: those of its affinity, within the quota of its group. Linux says so in files; elsewhere all count. */
static int cores_allowed(void)
{
    char line[256];
    long cores = sysconf(_SC_NPROCESSORS_ONLN), allowed = 0;
    cores_line("/proc/self/status", "Cpus_allowed:", line);
    for (const char *c = line; *c; c++) {
        const char *const digits = "0123456789abcdef", *const at = strchr(digits, *c);
        for (ptrdiff_t mask = at ? at - digits : 0; mask; mask &= mask - 1) {
            allowed++;
        }
    }
    cores = allowed > 0 && allowed < cores ? allowed : cores;
    cores_line("/sys/fs/cgroup/cpu.max", "", line);
    char *end;
    const double quota = strtod(line, &end), period = strtod(end, NULL);
    if (quota > 0 && period > 0 && quota / period < (double)cores) {
        cores = (long)(quota / period);
    }
    return cores < 1 ? 1 : cores > 1024 ? 1024 : (int)cores;
}

#else

static int cores_allowed(void)
{
    return 1;
}

#endif
