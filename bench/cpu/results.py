"""What was measured so far: one JSON file, written after every repetition, so that a run that was ended goes on where it was."""
import json
import os

FORMAT = 1


class Results:
    def __init__(self, path, fresh=False):
        self.path, self.data = path, {"format": FORMAT}
        if not fresh and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            if found.get("format") == FORMAT:
                self.data = found

    def record(self, group, name, mark, **facts):
        """The record of an experiment; a new one where the executable or a peer's version is another than when it was begun."""
        records = self.data.setdefault(group, {})
        if records.get(name, {}).get("mark") != mark:
            records[name] = {"mark": mark, "done": False}
        records[name].update(facts)
        return records[name]

    def save(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path + ".part", "w", encoding="utf-8") as file:
            json.dump(self.data, file, indent=1)
        os.replace(self.path + ".part", self.path)
