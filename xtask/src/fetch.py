"""What `cargo xtask setup` asks of Python, with its standard library alone.

    sdist PROJECT FILE SHA256 DESTINATION   download a source distribution from pip's package index
    unpack ARCHIVE FOLDER DESTINATION       unpack one folder of a .tar.gz
    wheel ARCHIVE DESTINATION               unpack a whole wheel

Progress goes to standard error; the reason for giving up is one line on standard output.
"""

import hashlib
import html.parser
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile

# Far above the 6 MB that are expected: an index that never stops sending is not waited for.
CEILING = 256 * 1024 * 1024
BLOCK = 64 * 1024


class GiveUp(Exception):
    pass


class Progress:
    """A bar on a terminal, nothing in a log file."""

    WIDTH = 40

    def __init__(self, total):
        self.total = total
        self.shown = None

    def reached(self, amount):
        if not sys.stderr.isatty() or not self.total:
            return
        percent = min(100, 100 * amount // self.total)
        if percent != self.shown:
            bar = "#" * (self.WIDTH * percent // 100)
            end = "\n" if percent == 100 else ""
            sys.stderr.write("\r   %-*s %3d%%%s" % (self.WIDTH, bar, percent, end))
            sys.stderr.flush()
            self.shown = percent


def pip(*arguments):
    # A wide terminal, so that pip does not break a line inside an address.
    environment = dict(os.environ, COLUMNS="500")
    command = [sys.executable, "-B", "-m", "pip", *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def setting(name):
    """A setting of pip: the environment comes before the command's section, that before the global one."""
    return (
        os.environ.get("PIP_" + name.upper().replace("-", "_"))
        or pip("config", "get", "download." + name)
        or pip("config", "get", "global." + name)
    )


def index():
    address = setting("index-url")
    if not address:
        found = re.search(r"\(default:?\s+(\w+://\S+?)\)", pip("download", "--help"))
        if not found:
            raise GiveUp("pip does not say which package index it uses")
        address = found.group(1)
    return address.rstrip("/") + "/"


def opener(address):
    """What opens addresses: with pip's certificate and the name and password in the index's address."""
    context = ssl.create_default_context(cafile=setting("cert") or None)
    parts = urllib.parse.urlsplit(address)
    passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
    if parts.username:
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        address = urllib.parse.urlunsplit(bare)
        user = urllib.parse.unquote(parts.username)
        password = urllib.parse.unquote(parts.password or "")
        passwords.add_password(None, address, user, password, is_authenticated=True)
    secure = urllib.request.HTTPSHandler(context=context)
    return urllib.request.build_opener(secure, urllib.request.HTTPBasicAuthHandler(passwords)), address


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.links.append(dict(attributes).get("href") or "")


def links(page, kind):
    """The addresses on a page of the index, in either of the two forms an index may answer with."""
    if "json" in kind:
        return [file["url"] for file in json.loads(page)["files"]]
    parser = Links()
    parser.feed(page.decode("utf-8", "replace"))
    return parser.links


def file_name(link):
    return urllib.parse.unquote(urllib.parse.urlsplit(link).path.rpartition("/")[2])


def sdist(project, file, digest, destination):
    web, base = opener(index())
    seconds = float(setting("timeout") or 60)
    accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    request = urllib.request.Request(urllib.parse.urljoin(base, project + "/"), headers={"Accept": accept})
    with web.open(request, timeout=seconds) as answer:
        found = [link for link in links(answer.read(CEILING), answer.headers.get_content_type()) if file_name(link) == file]
        if not found:
            raise GiveUp("the package index has no file %s" % file)
        address = urllib.parse.urljoin(answer.geturl(), urllib.parse.urldefrag(found[0]).url)
    with web.open(address, timeout=seconds) as answer:
        save(answer, destination)
    with open(destination, "rb") as saved:
        got = hashlib.sha256(saved.read()).hexdigest()
    if got != digest:
        raise GiveUp("%s is not the file that is pinned: its SHA-256 is %s, not %s" % (file, got, digest))


def save(answer, destination):
    progress = Progress(int(answer.headers.get("Content-Length") or 0))
    saved = 0
    with open(destination, "wb") as out:
        while True:
            block = answer.read(BLOCK)
            if not block:
                return
            saved += len(block)
            if saved > CEILING:
                raise GiveUp("the package index sends more than %d bytes" % CEILING)
            out.write(block)
            progress.reached(saved)


def inside(name, folder):
    """The path of an archive's entry below `folder`, None if it lies elsewhere; one that would leave it is refused."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        raise GiveUp("the archive holds the unsafe path %r" % name)
    start = folder.split("/") if folder else []
    return parts[len(start):] if parts[: len(start)] == start and len(parts) > len(start) else None


def write(source, destination, parts):
    path = os.path.join(destination, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        shutil.copyfileobj(source, out)


def unpack(archive, folder, destination):
    count = 0
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            parts = inside(member.name, folder)
            if parts is None or member.isdir():
                continue
            if not member.isreg():
                raise GiveUp("the archive holds %r, which is no regular file" % member.name)
            write(tar.extractfile(member), destination, parts)
            count += 1
    if count == 0:
        raise GiveUp("the archive has no folder %s" % folder)


def wheel(archive, destination):
    with zipfile.ZipFile(archive) as file:
        entries = [entry for entry in file.infolist() if not entry.is_dir()]
        progress = Progress(sum(entry.file_size for entry in entries))
        written = 0
        for entry in entries:
            with file.open(entry) as source:
                write(source, destination, inside(entry.filename, ""))
            written += entry.file_size
            progress.reached(written)


def main():
    actions = {"sdist": sdist, "unpack": unpack, "wheel": wheel}
    try:
        actions[sys.argv[1]](*sys.argv[2:])
    except urllib.error.HTTPError as error:
        sys.exit(give_up("the package index answers %d %s" % (error.code, error.reason)))
    except urllib.error.URLError as error:
        sys.exit(give_up("the package index cannot be reached (%s)" % error.reason))
    except (GiveUp, OSError, ValueError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
        sys.exit(give_up(str(error) or type(error).__name__))


def give_up(reason):
    print(" ".join(reason.split()))
    return 1


main()
