"""What other-clients.test.ts has dulwich and pygit2 do: a clone, a commit, and pushes of it, one after the other.

Says what became of each push in a line of its own: its refspec, what git reported of it, and the server's words.
"""

import io
import os
import sys

library, url, folder, user, password, key, *refspecs = sys.argv[1:]
author = ("Ana", "ana@example.com")


def with_dulwich():
    from dulwich import porcelain

    # The words for a terminal come without the names of remotes.
    credentials = {} if key else {"username": user, "password": password}
    porcelain.clone(url, folder, errstream=io.BytesIO(), **credentials)
    write("dulwich.txt")
    porcelain.add(folder, [os.path.join(folder, "dulwich.txt")])
    by = f"{author[0]} <{author[1]}>".encode()
    porcelain.commit(folder, message=b"Add dulwich.txt", author=by, committer=by)
    for refspec in refspecs:
        words = io.BytesIO()
        porcelain.push(folder, url, refspec.encode(), outstream=words, errstream=words, **credentials)
        say(refspec, "", words.getvalue().decode())


def with_pygit2():
    import pygit2

    if key:
        credentials = pygit2.Keypair(user, f"{key}.pub", key, "")
    else:
        credentials = pygit2.UserPass(user, password)

    class Callbacks(pygit2.RemoteCallbacks):
        words = ""
        report = ""

        # The test looks at the connection's key by other means.
        def certificate_check(self, certificate, valid, host):
            return True

        def sideband_progress(self, text):
            self.words += text
            print(text, end="", flush=True)

        def push_update_reference(self, ref, message):
            self.report = message or "ok"

    repository = pygit2.clone_repository(url, folder, callbacks=Callbacks(credentials=credentials))
    write("pygit2.txt")
    repository.index.add("pygit2.txt")
    tree = repository.index.write_tree()
    by = pygit2.Signature(*author)
    repository.create_commit("HEAD", by, by, "Add pygit2.txt", tree, [repository.head.target])
    for refspec in refspecs:
        callbacks = Callbacks(credentials=credentials)
        repository.remotes["origin"].push([refspec.replace("HEAD:", f"{repository.head.name}:")], callbacks=callbacks)
        say(refspec, callbacks.report, callbacks.words)


def write(name):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(name)


def say(refspec, report, words):
    print(f"\n{refspec} | {report} | {' / '.join(words.splitlines())}", flush=True)


if library == "dulwich":
    with_dulwich()
else:
    with_pygit2()
