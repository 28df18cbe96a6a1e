"""The list of all scenes, and how one is added to it."""


class Description:
    def __init__(self, name, play, since, until, why):
        self.name = name
        self.play = play
        self._since = since
        self._until = until
        self._why = why

    def why_not(self, of_version):
        return None if self._since <= of_version < self._until else self._why


scenes = []


def scene(name, since=(0, 16), until=(1,), why=None):
    def describe(play):
        scenes.append(Description(name, play, since, until, why))
        return play

    return describe
