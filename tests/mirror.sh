#!/usr/bin/env bash
# Builds a LuaRocks server out of Debian's lua-* packages, for the tests: real programs, packed by the real
# `luarocks`, and no network afterwards.
#
#   tests/mirror.sh [--where] [FOLDER]     FOLDER/DIGEST is filled (default: target/mirror beside this file)
#
# DIGEST is of this script, so a change of the script makes a new mirror, and nothing is done twice. The last
# line on standard output is the folder; --where prints it and does no more. Where apt-get or a program that it
# would install is missing, one line says so and the status is 3.
#
#   server/     the server: rocks, rockspecs, manifest, manifest-5.4 and the others, in text
#   zip/ json/  the same rocks, with the manifest in nothing but that form
#   signed/     the same rocks, with index.toml and its signature; keys/ holds the key pair made for this mirror
#   native/     a server of rocks with compiled modules, for refusals; no rock of it is in the others
#   debian/     the same Lua files, and compiled modules, as Debian has them: what native lua5.4 runs
#   rockspecs/  the rockspecs that upstream's source archives carry, a folder for each archive
#   count       how many of each, one `NAME NUMBER` a line
set -euo pipefail
export LC_ALL=C

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
digest="$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-16)"
where=no
if [[ "${1:-}" == --where ]]; then where=yes; shift; fi
folder="$(realpath -m "${1:-$here/../target/mirror}")"
done_folder="$folder/$digest"
skipped=3

if [[ "$where" == yes || -f "$done_folder/count" ]]; then echo "$done_folder"; exit; fi

skip() { trap - EXIT; echo "mirror: skipped: $*" >&2; exit "$skipped"; }
say() { echo "mirror: $*" >&2; }

# ---- what it takes ---------------------------------------------------------------------------------------------

command -v apt-get >/dev/null && command -v dpkg >/dev/null || skip "this is no Debian: \`apt-get\` is missing"
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need luarocks luarocks
need luarocks-admin luarocks
need lua5.4 lua5.4
need minisign minisign
need zip zip
need gcc gcc
[[ -f /usr/include/lua5.4/lua.h ]] || missing+=(liblua5.4-dev)
if (( ${#missing[@]} )); then
  [[ "$(id -u)" == 0 ]] || skip "missing: \`apt-get install ${missing[*]}\`"
  say "installing ${missing[*]}"
  apt-get update -qq >&2 || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    skip "\`apt-get install ${missing[*]}\` failed"
fi

mkdir -p "$folder"
exec 9>"$folder/.lock"
flock 9
if [[ -f "$done_folder/count" ]]; then echo "$done_folder"; exit; fi
rm -rf "$folder"/tmp-* "$done_folder"
work="$folder/tmp-$$"
out="$work/out"
log="$work/log"
mkdir -p "$out"/{server,native,debian,rockspecs,keys} "$work"/{deb,unpacked,sources,make}
trap 'status=$?; if (( status )); then say "failed; the last lines of its log:"; tail -n 20 "$log" >&2; fi; exit $status' EXIT

# LuaRocks reads its settings and keeps its cache at home, so it gets one of its own.
export HOME="$work/home"
mkdir -p "$HOME"
rocks() { luarocks --lua-version 5.4 "$@" >>"$log" 2>&1; }

# ---- Debian's packages -----------------------------------------------------------------------------------------

packages=(
  lua-ansicolors lua-argparse lua-basexx lua-binaryheap lua-bit32 lua-busted lua-check lua-cjson lua-cliargs
  lua-cosmo lua-coxpcall lua-cqueues lua-dkjson lua-fifo lua-filesystem lua-http lua-inifile lua-inspect lua-json
  lua-ldoc lua-lemock lua-logging lua-lpeg lua-lpeg-patterns lua-luaossl lua-luassert lua-markdown lua-mediator
  lua-messagepack lua-mmdb lua-moses lua-penlight lua-redis lua-say lua-socket lua-system lua-term lua-unit
  lua-uri lua-wsapi
)
fetch() { (cd "$work/deb" && apt-get download -qq "$@" >>"$log" 2>&1); }
say "downloading ${#packages[@]} Debian packages"
fetch "${packages[@]}" || { apt-get update -qq >>"$log" 2>&1 && fetch "${packages[@]}"; } ||
  skip "\`apt-get download\` failed; see the network"
for file in "$work"/deb/*.deb; do
  name="$(basename "$file")"
  dpkg -x "$file" "$work/unpacked/${name%%_*}"
done

# The real files of a package for Lua 5.4, or of the newest older one it has: Debian links one folder to another.
lua_of() {
  local version
  for version in 5.4 5.3 5.2 5.1; do
    if [[ -d "$work/unpacked/$1/usr/share/lua/$version" ]]; then
      cp -rL "$work/unpacked/$1/usr/share/lua/$version/." "$2"
      return
    fi
  done
  say "\`$1\` has no Lua files"
  return 1
}
lib_of() { cp -rL "$work/unpacked/$1/usr/lib/"*-linux-gnu*/lua/5.4/. "$2"; }

mkdir -p "$out/debian/share/lua/5.4" "$out/debian/lib/lua/5.4"
for name in "${packages[@]}"; do
  [[ -d "$work/unpacked/$name/usr/share/lua" ]] && lua_of "$name" "$out/debian/share/lua/5.4"
  compgen -G "$work/unpacked/$name/usr/lib/*-linux-gnu*/lua/5.4" >/dev/null && lib_of "$name" "$out/debian/lib/lua/5.4"
done

# ---- rockspecs of our own, with the real versions and dependencies ---------------------------------------------

# write_rockspec FOLDER NAME VERSION SUMMARY LICENCE DEPENDENCIES(;): names every file of FOLDER/lua as a module,
# every file of FOLDER/lib as a compiled one and every file of FOLDER/bin as a command.
write_rockspec() {
  local folder="$1" name="$2" version="$3" summary="$4" licence="$5" dependencies="$6" file module
  {
    echo "package = '$name'"
    echo "version = '$version'"
    echo "source = { url = 'https://packages.debian.org/bookworm/lua-modules' }"
    echo "description = { summary = '$summary', license = '$licence' }"
    echo "dependencies = {"
    tr ';' '\n' <<<"$dependencies" | sed '/^ *$/d; s/^ */   "/; s/ *$/",/'
    echo "}"
    echo "build = {"
    echo "   type = 'builtin',"
    echo "   modules = {"
    (cd "$folder" && find lua -name '*.lua' 2>/dev/null | sort) | while read -r file; do
      module="${file#lua/}"
      module="${module%.lua}"
      # A module whose file is `init.lua` has the name of its folder, unless another file has that name.
      [[ "$module" == */init && ! -f "$folder/lua/${module%/init}.lua" ]] && module="${module%/init}"
      echo "      ['${module//\//.}'] = '$file',"
    done
    echo "   },"
    echo "   install = {"
    if [[ -d "$folder/lib" ]]; then
      echo "      lib = {"
      (cd "$folder" && find lib -name '*.so' | sort) | while read -r file; do
        module="${file#lib/}"
        module="${module%.so}"
        echo "         ['${module//\//.}'] = '$file',"
      done
      echo "      },"
    fi
    if [[ -d "$folder/bin" ]]; then
      echo "      bin = {"
      (cd "$folder/bin" && ls) | while read -r file; do echo "         ['$file'] = 'bin/$file',"; done
      echo "      },"
    fi
    echo "   },"
    echo "}"
  } >"$folder/$name-$version.rockspec"
}

# pack FOLDER NAME VERSION SERVER: what `luarocks` makes of FOLDER, and its rockspec, go to SERVER.
pack() {
  (cd "$1" && rocks make --deps-mode none --pack-binary-rock "$2-$3.rockspec") || { say "cannot pack \`$2\` $3"; return 1; }
  cp "$1/$2-$3.rockspec" "$4/"
  mv "$1/$2-$3".*.rock "$4/"
}

# rock DEBIAN NAME VERSION SUMMARY LICENCE DEPENDENCIES: a rock of all Lua files of a Debian package.
rock() {
  local folder="$work/make/$2-$3"
  mkdir -p "$folder/lua"
  lua_of "$1" "$folder/lua"
  local command
  for command in "$work/unpacked/$1/usr/bin/"*; do
    # Only programs in Lua; Debian's `lua-any` in a first line becomes what LuaRocks expects.
    if [[ -f "$command" ]] && head -n 1 "$command" | grep -q lua; then
      mkdir -p "$folder/bin"
      sed '1s/.*/#!\/usr\/bin\/env lua/' "$command" >"$folder/bin/$(basename "$command")"
    fi
  done
  write_rockspec "$folder" "${@:2}"
  pack "$folder" "$2" "$3" "$out/server"
}

# older DEBIAN NAME VERSION OF LICENCE DEPENDENCIES: the files of version OF under an older number, which replaces OF
# wherever the files name it. Debian has one version of each; the summary says what this is.
older() {
  local folder="$work/make/$2-$3"
  mkdir -p "$folder/lua"
  lua_of "$1" "$folder/lua"
  find "$folder/lua" -name '*.lua' -exec sed -i "s/${4//./\\.}/${3%-*}/g" {} +
  write_rockspec "$folder" "$2" "$3" "the files of $4 under the number of an older version, for tests" "$5" "$6"
  pack "$folder" "$2" "$3" "$out/server"
}

# part DEBIAN NAME VERSION SUMMARY LICENCE FILES...: a rock of some files of a Debian package, which need nothing.
part() {
  local folder="$work/make/$2-$3" all="$work/make/$2-$3/all" file
  mkdir -p "$all"
  lua_of "$1" "$all"
  for file in "${@:6}"; do
    mkdir -p "$folder/lua/$(dirname "$file")"
    cp "$all/$file" "$folder/lua/$file"
  done
  rm -r "$all"
  write_rockspec "$folder" "$2" "$3" "$4" "$5" "lua >= 5.1"
  pack "$folder" "$2" "$3" "$out/server"
}

# compiled DEBIAN NAME VERSION SUMMARY DEPENDENCIES: a rock with Debian's compiled modules.
compiled() {
  local folder="$work/make/$2-$3"
  mkdir -p "$folder/lua" "$folder/lib"
  if [[ -d "$work/unpacked/$1/usr/share/lua" ]]; then lua_of "$1" "$folder/lua"; fi
  lib_of "$1" "$folder/lib"
  write_rockspec "$folder" "$2" "$3" "$4" MIT "$5"
  pack "$folder" "$2" "$3" "$out/native"
}

say "packing rocks with $(luarocks --version | head -n 1 | sed 's/.* //')"
rock lua-ansicolors   ansicolors     1.0.2-3  'terminal colours'                     MIT   'lua >= 5.1'
rock lua-argparse     argparse       0.7.1-1  'command line parser'                  MIT   'lua >= 5.1, < 5.5'
rock lua-basexx       basexx         0.3.0-1  'base 2, 16, 32, 64 and 85'            MIT   'lua >= 5.1'
rock lua-binaryheap   binaryheap     0.4-1    'binary heap'                          MIT   'lua >= 5.1'
rock lua-cliargs      lua_cliargs    3.0-2    'command line arguments'               MIT   'lua >= 5.1'
rock lua-cosmo        cosmo          13.01.30-1 'templates; its code is for Lua 5.1' MIT   'lpeg >= 0.9'
rock lua-coxpcall     coxpcall       1.17.0-1 'protected calls across coroutines'    MIT   ''
rock lua-dkjson       dkjson         2.6-1    'JSON'                                 MIT   'lua >= 5.1, < 5.5'
rock lua-fifo         fifo           0.2-0    'first in, first out'                  MIT   'lua'
rock lua-http         http           0.4-0    'HTTP for cqueues'                     MIT   \
  'lua >= 5.1; compat53 >= 0.3; bit32; cqueues >= 20161214; luaossl >= 20161208; basexx >= 0.2.0; lpeg; lpeg_patterns; binaryheap >= 0.3; fifo'
rock lua-inifile      inifile        1.0-2    'ini files'                            BSD   'lua >= 5.1'
rock lua-inspect      inspect        3.1.1-0  'tables as text'                       MIT   'lua >= 5.1'
rock lua-json         luajson        1.3.4-1  'JSON by lpeg'                         MIT   'lua >= 5.1; lpeg >= 0.8.1'
rock lua-ldoc         ldoc           1.4.6-2  'documentation generator'              MIT   'penlight >= 1.4.0; markdown >= 0.32'
rock lua-lemock       lemock         0.6-1    'mocks; its code is for Lua 5.1'       MIT   'lua >= 5.1'
rock lua-logging      lualogging     1.3.0-1  'logging'                              MIT   'luasocket'
rock lua-lpeg-patterns lpeg_patterns 0.4-0    'patterns for lpeg'                    MIT   'lua; lpeg'
rock lua-check        luacheck       1.1.0-1  'static analysis'                      MIT   'lua >= 5.1; argparse >= 0.6.0; luafilesystem >= 1.6.3'
rock lua-luassert     luassert       1.9.0-1  'assertions'                           MIT   'lua >= 5.1; say >= 1.4.0-1'
rock lua-busted       busted         2.1.1-1  'unit tests'                           MIT   \
  'lua >= 5.1; lua_cliargs = 3.0; luafilesystem >= 1.5.0; luasystem >= 0.2.0; dkjson >= 2.1.0; say >= 1.4-1; luassert >= 1.9.0-1; lua-term >= 0.1; penlight >= 1.3.2; mediator_lua >= 1.1.1'
rock lua-markdown     markdown       0.32-1   'markdown; its code is for Lua 5.1'    MIT   'lua >= 5.1'
rock lua-mediator     mediator_lua   1.1.2-0  'mediator pattern'                     MIT   'lua >= 5.1'
rock lua-messagepack  lua-messagepack       0.5.2-1 'MessagePack'                    MIT   'lua >= 5.1'
rock lua-messagepack  lua-messagepack-lua53 0.5.2-1 'MessagePack for Lua 5.3'        MIT   'lua >= 5.3'
rock lua-mmdb         mmdblua        0.1-0    'geolocation files'                    MIT   'lua >= 5.1; compat53 >= 0.3'
rock lua-moses        moses          2.1.0-1  'functional programming'               MIT   'lua >= 5.1, < 5.4'
rock lua-penlight     penlight       1.13.1-1 'utility libraries'                    MIT   'luafilesystem'
rock lua-redis        redis-lua      2.0.5-0  'Redis client'                         MIT   'lua >= 5.1; luasocket'
rock lua-say          say            1.4.1-3  'texts by key'                         MIT   'lua >= 5.1'
rock lua-unit         luaunit        3.4-1    'unit tests'                           BSD   'lua >= 5.1; lua < 5.5'
rock lua-uri          uri            0.1-1    'URIs'                                 MIT   'lua >= 5.1'
rock lua-wsapi        wsapi          1.6.1-1  'web server API'                       MIT   'luafilesystem >= 1.6.2'

older lua-penlight    penlight       1.12.0-1 1.13.1  MIT 'luafilesystem'
older lua-say         say            1.3-1    1.4.1   MIT 'lua >= 5.1'
older lua-inspect     inspect        3.0-4    3.1.1   MIT 'lua >= 5.1'

part lua-http    http-headers    0.4-1   'http.headers alone, which needs nothing of the rest of http'  MIT http/headers.lua
part lua-logging lualogging-core 1.3.0-1 'logging to files and the console, which need no socket'       MIT \
  logging.lua logging/console.lua logging/file.lua logging/rolling_file.lua
# The code of moses runs on Lua 5.4; its own rockspec says that it does not.
part lua-moses   moses-on-54     2.1.0-1 'the code of moses without the upper bound on Lua'             MIT moses.lua moses_min.lua

# A development version, which nobody gets who does not ask for it exactly.
mkdir -p "$work/make/argparse-scm-2/lua"
lua_of lua-argparse "$work/make/argparse-scm-2/lua"
write_rockspec "$work/make/argparse-scm-2" argparse scm-2 'command line parser, development' MIT 'lua >= 5.1, < 5.5'
pack "$work/make/argparse-scm-2" argparse scm-2 "$out/server"

# ---- upstream's source archives --------------------------------------------------------------------------------

# Many files of Debian's source packages are not to be had; what comes is used. The system's own lists stay as they are.
say "asking for source archives"
apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
  grep -i debian | sort -u >"$work/sources.list"
source_apt=(-o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$work/lists")
mkdir -p "$work/lists/partial"
apt-get "${source_apt[@]}" update -qq >>"$log" 2>&1 || true
sources=(
  libmpack-lua lua-ansicolors lua-argparse lua-binaryheap lua-cjson lua-compat53 lua-cosmo lua-coxpcall lua-cqueues
  lua-event lua-expat lua-fifo lua-filesystem lua-http lua-inspect lua-json lua-lemock lua-lpeg lua-luaossl lua-luassert
  lua-mediator lua-messagepack lua-moses lua-redis lua-say lua-soap lua-term lua-unit lua-uri lua-yaml luasocket
)
for name in "${sources[@]}"; do
  (cd "$work/sources" && apt-get "${source_apt[@]}" source -qq --download-only "$name" >>"$log" 2>&1) || true
done
archives=0
for file in "$work"/sources/*.orig.tar.*; do
  [[ -f "$file" ]] || continue
  archives=$((archives + 1))
  name="$(basename "$file")"
  name="${name%%_*}"
  mkdir -p "$work/upstream/$name"
  tar -xf "$file" -C "$work/upstream/$name" --strip-components 1
  (cd "$work/upstream/$name" && find . -name '*.rockspec') | sort | while read -r spec; do
    # A copy of a whole other project inside an archive is told apart by its folder.
    target="$out/rockspecs/$name/$(dirname "$spec" | sed 's,^\./\?,,; s,/,_,g')"
    mkdir -p "$target"
    cp "$work/upstream/$name/$spec" "$target/"
  done
done

# source_rock ARCHIVE ROCKSPEC FOLDER SERVER: upstream's own archive and rockspec as a `.src.rock`, whose address is a file here.
source_rock() {
  local archive spec="$work/upstream/$1/$2" name
  archive="$(compgen -G "$work/sources/${1}_*.orig.tar.*" | head -n 1)" || return 0
  [[ -f "$spec" ]] || return 0
  name="$(basename "$2")"
  mkdir -p "$work/make/source-$1"
  { cat "$spec"; echo; echo "source = { url = 'file://$archive', dir = '$3' }"; } >"$work/make/source-$1/$name"
  (cd "$work/make/source-$1" && rocks pack "$name") || { say "cannot pack the source rock of \`$1\`"; return 1; }
  cp "$work/make/source-$1/$name" "$4/"
  mv "$work/make/source-$1"/*.src.rock "$4/"
}
top() { tar -tf "$(compgen -G "$work/sources/${1}_*.orig.tar.*" | head -n 1)" 2>/dev/null | head -n 1 | cut -d/ -f1 || true; }
source_rock lua-say rockspecs/say-1.4.0-1.rockspec "$(top lua-say)" "$out/server"
source_rock luasocket rockspecs/luasocket-3.1.0-1.rockspec "$(top luasocket)" "$out/native"

# built ARCHIVE ROCKSPEC DEBIAN NAME VERSION SUMMARY DEPENDENCIES: a native rock that luarocks compiled from upstream's
# source, or, where that did not come or does not compile, one with Debian's compiled modules.
built() {
  local folder="$work/upstream/$1"
  if [[ -f "$folder/$2" ]] && (cd "$folder" && rocks make --deps-mode none --pack-binary-rock "$2" LUA_INCDIR=/usr/include/lua5.4); then
    mv "$folder"/*.rock "$out/native/"
    cp "$folder/$2" "$out/native/"
  else
    compiled "${@:3}"
  fi
}
say "building native rocks"
built lua-term  lua-term-0.7-1.rockspec                 lua-term       lua-term      0.7-1     'terminal'    'lua >= 5.1'
built luasocket rockspecs/luasocket-3.1.0-1.rockspec    lua-socket     luasocket     3.1.0-1   'sockets'     'lua >= 5.1'
built lua-cjson lua-cjson-2.1.0-1.rockspec              lua-cjson      lua-cjson     2.1.0-1   'JSON'        'lua >= 5.1'
compiled lua-filesystem luafilesystem 1.8.0-1     'files'              'lua >= 5.1'
compiled lua-system     luasystem     0.2.1-0     'clocks'             'lua >= 5.1'
compiled lua-lpeg       lpeg          1.0.2-1     'parsing expression grammars' 'lua >= 5.1'
compiled lua-cqueues    cqueues       20200726.54-0 'event loop'       'lua >= 5.4, < 5.5; luaossl'
compiled lua-luaossl    luaossl       20220711-0  'OpenSSL'            'lua'
# http, lualogging and redis-lua need these; a server that has them refuses them by name.
cp "$out"/native/{cqueues,luaossl,luasocket}-*.{rock,rockspec} "$out/server/"

# ---- manifests and the other forms of the server ---------------------------------------------------------------

for server in server native; do
  luarocks-admin make_manifest --lua-version 5.4 "$out/$server" >>"$log" 2>&1
done
for form in zip json signed; do
  cp -rl "$out/server" "$out/$form"
done
(cd "$out/zip" && zip -q -X manifest-5.4.zip manifest-5.4 && rm manifest manifest-5.?)
cat >"$work/json.lua" <<'LUA'
-- A manifest as JSON: the repository alone, as luarocks.org serves it.
local globals = {}
assert(loadfile(arg[1], "t", globals))()
local function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end
local function text(s) return '"' .. s:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"' end
local function encode(value)
  if type(value) ~= "table" then return text(tostring(value)) end
  local parts = {}
  if #value > 0 then
    for i, item in ipairs(value) do parts[i] = encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for _, key in ipairs(sorted(value)) do parts[#parts + 1] = text(key) .. ":" .. encode(value[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end
io.write(encode(globals), "\n")
LUA
(cd "$out/json" && lua5.4 "$work/json.lua" manifest-5.4 >manifest-5.4.json && rm manifest manifest-5.?)

# The signed index: every file with its hash and size, and a signature whose trusted comment repeats name and serial.
minisign -G -f -W -p "$out/keys/mirror.pub" -s "$out/keys/mirror.key" >>"$log" 2>&1
minisign -G -f -W -p "$out/keys/other.pub" -s "$out/keys/other.key" >>"$log" 2>&1
(
  cd "$out/signed"
  rm -f index.html
  {
    echo "format = 1"
    echo "id = \"mirror\""
    echo "serial = 7"
    echo "created = \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\""
    echo "expires = \"$(date -u -d '+10 years' +%Y-%m-%dT%H:%M:%SZ)\""
    for file in *; do
      [[ "$file" == index.toml ]] && continue
      echo
      echo "[files.\"$file\"]"
      echo "sha256 = \"$(sha256sum "$file" | cut -d' ' -f1)\""
      echo "size = $(stat -c %s "$file")"
    done
  } >"$work/index.toml"
  mv "$work/index.toml" .
  minisign -S -s "$out/keys/mirror.key" -m index.toml -x index.toml.minisig -t "repository mirror serial 7" >>"$log" 2>&1
)

# ---- done ------------------------------------------------------------------------------------------------------

{
  echo "rocks $(ls "$out"/server/*.rock | wc -l)"
  echo "rockspecs $(ls "$out"/server/*.rockspec | wc -l)"
  echo "native $(ls "$out"/native/*.rock | wc -l)"
  echo "upstream_archives $archives"
  echo "upstream_rockspecs $(find "$out/rockspecs" -name '*.rockspec' | wc -l)"
} >"$out/count"
say "$(tr '\n' ' ' <"$out/count")"
trap - EXIT
mv "$out" "$done_folder"
rm -rf "$work"
# Mirrors of older scripts are not wanted any more.
find "$folder" -mindepth 1 -maxdepth 1 -type d ! -name "$digest" -exec rm -rf {} +
echo "$done_folder"
