"""What the figures were taken on: processor, cores, caches, compilers."""
import os
import platform
import subprocess


def first_line(command):
    try:
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return out.splitlines()[0].strip() if out.strip() else None
    except (OSError, subprocess.CalledProcessError):
        return None


def processor():
    """Its name, and family and model, which say more where a virtual machine hides the name."""
    fields = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            if key.strip() == "" and fields:
                break
            fields[key.strip()] = value.strip()
    name = fields.get("model name") or platform.processor() or platform.machine()
    where = ", ".join("%s %s" % (k.replace("cpu ", ""), fields[k]) for k in ("cpu family", "model") if k in fields)
    known = ("avx2", "fma", "avx_vnni", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd", "asimddp", "sve")
    flags = set((fields.get("flags") or fields.get("Features") or "").split())
    return {"name": name + (" (%s)" % where if where else ""), "flags": [k for k in known if k in flags]}


def caches():
    """Sizes as the kernel tells them: {"L1d": "48K", ...}; of L2 and below for one core."""
    found, root = {}, "/sys/devices/system/cpu/cpu0/cache"
    for index in sorted(os.listdir(root)) if os.path.isdir(root) else []:
        try:
            level, kind, size = (open(os.path.join(root, index, f), encoding="utf-8").read().strip() for f in ("level", "type", "size"))
        except OSError:
            continue
        if kind != "Instruction":
            found["L" + level + ("d" if kind == "Data" else "")] = size
    return found


def cache_bytes(text):
    unit = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    return int(text[:-1]) * unit[text[-1]] if text and text[-1] in unit else int(text or 0)


def about():
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    return {"processor": processor(), "cores": len(os.sched_getaffinity(0)), "caches": caches(), "memory": round(memory),
            "system": platform.system() + " " + platform.release(), "compiler": first_line([os.environ.get("CC", "cc").split()[0], "--version"]),
            "python": platform.python_version()}


def load():
    return os.getloadavg()[0]
