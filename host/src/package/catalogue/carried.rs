//! The packages that come with the library, as the files of a repository.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::package::repository::Carried;
use crate::package::rock::{ROCK_MANIFEST, RelativePath, RockManifest, pack};

/// The version of all of them: they are made together.
const VERSION: &str = "1.0.0-1";
/// Where their modules are; in a rock they are in `lua`.
const SOURCE: &str = "src/";

/// A package, and its files below `host/catalogue/NAME`, the rockspec first.
struct Source {
    name: &'static str,
    files: &'static [(&'static str, &'static [u8])],
}

/// Files of a package, compiled in. A macro, because `include_bytes` takes no variable.
macro_rules! source {
    ($name:literal: $($file:literal),+ $(,)?) => {
        Source {
            name: $name,
            files: &[$(($file, include_bytes!(concat!("../../../catalogue/", $name, "/", $file)))),+],
        }
    };
}

const SOURCES: [Source; 5] = [
    source!("bio-utils":
        "bio-utils-1.0.0-1.rockspec",
        "doc/bio_utils.md",
        "src/bio_utils.lua",
        "src/bio_utils/alphabet.lua",
        "src/bio_utils/check.lua",
        "src/bio_utils/composition.lua",
        "src/bio_utils/distance.lua",
        "src/bio_utils/kmer.lua",
        "src/bio_utils/melting.lua",
        "src/bio_utils/motif.lua",
        "src/bio_utils/strand.lua",
        "src/bio_utils/weight.lua",
    ),
    source!("genome-tools":
        "genome-tools-1.0.0-1.rockspec",
        "doc/genome_tools.md",
        "src/genome_tools.lua",
        "src/genome_tools/check.lua",
        "src/genome_tools/code.lua",
        "src/genome_tools/codons.lua",
        "src/genome_tools/intervals.lua",
        "src/genome_tools/orf.lua",
        "src/genome_tools/restriction.lua",
    ),
    source!("math_package":
        "math_package-1.0.0-1.rockspec",
        "doc/math_package.md",
        "src/math_package.lua",
        "src/math_package/check.lua",
        "src/math_package/combinatorics.lua",
        "src/math_package/fit.lua",
        "src/math_package/statistics.lua",
        "src/math_package/sum.lua",
    ),
    source!("phylo-tree":
        "phylo-tree-1.0.0-1.rockspec",
        "doc/phylo_tree.md",
        "src/phylo_tree.lua",
        "src/phylo_tree/check.lua",
        "src/phylo_tree/compare.lua",
        "src/phylo_tree/distance.lua",
        "src/phylo_tree/join.lua",
        "src/phylo_tree/newick.lua",
        "src/phylo_tree/root.lua",
        "src/phylo_tree/walk.lua",
    ),
    source!("sequence-parser":
        "sequence-parser-1.0.0-1.rockspec",
        "doc/sequence_parser.md",
        "src/sequence_parser.lua",
        "src/sequence_parser/check.lua",
        "src/sequence_parser/fasta.lua",
        "src/sequence_parser/fastq.lua",
        "src/sequence_parser/genbank.lua",
        "src/sequence_parser/location.lua",
        "src/sequence_parser/source.lua",
        "src/sequence_parser/writer.lua",
    ),
];

/// Packed once, when somebody first wants to know what there is.
static PACKED: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| SOURCES.iter().flat_map(packed).collect());

static CARRIED: LazyLock<Vec<(&'static str, &'static [u8])>> =
    LazyLock::new(|| PACKED.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect());

/// Each package as a rock and its rockspec. The same in every process, to the byte.
pub(crate) fn carried() -> Carried {
    &CARRIED
}

fn packed(source: &Source) -> [(String, Vec<u8>); 2] {
    let Source { name, files } = source;
    let rockspec = format!("{name}-{VERSION}.rockspec");
    let text = files.iter().find(|(path, _)| *path == rockspec).map(|(_, text)| text.to_vec());
    // The files are constants, and a test packs them all.
    let (text, rock) = text.zip(rock(files)).expect("the files of the catalogue make rocks");
    [(rockspec, text), (format!("{name}-{VERSION}.all.rock"), rock)]
}

/// The rock that LuaRocks would pack of these files.
fn rock(files: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let placed = files.iter().map(|(path, content)| {
        let place = match path.strip_prefix(SOURCE) {
            Some(module) => format!("lua/{module}"),
            None => path.to_string(),
        };
        Some((RelativePath::new(&place).ok()?, content.to_vec()))
    });
    let mut placed: BTreeMap<RelativePath, Vec<u8>> = placed.collect::<Option<_>>()?;
    let manifest = RockManifest::of(placed.iter().map(|(path, content)| (path, content.as_slice())));
    placed.insert(RelativePath::new(ROCK_MANIFEST).ok()?, manifest.text().into_bytes());
    pack(placed.iter().map(|(path, content)| (path, content.as_slice()))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::package::build::Built;
    use crate::package::evaluate::{Evaluator, Text};
    use crate::package::rock::Ceilings;
    use crate::package::rockspec::Rockspec;

    /// The rocks are what the rockspecs say: every file that they name is compiled in, and no other.
    #[test]
    fn rocks_are_what_their_rockspecs_build() {
        let evaluator = Evaluator::new(&Engine::new().unwrap());
        for (source, carried) in SOURCES.iter().zip(carried().chunks(2)) {
            let (text, rock) = (carried[0].1, carried[1].1);
            let rockspec = Rockspec::from_table(&evaluator.evaluate(Text::Rockspec, text).unwrap()).unwrap();
            assert_eq!(rockspec.package.as_str(), source.name);
            let files = source.files.iter().filter(|(path, _)| !path.ends_with(".rockspec"));
            let sources =
                files.map(|(path, content)| (RelativePath::new(path).unwrap(), content.to_vec())).collect();
            let built =
                Built::from_files(text, &rockspec, sources, &Ceilings::default(), &|_| false).unwrap();
            assert!(built.pack().unwrap() == rock, "`{}` is not what its rockspec says", source.name);
            assert!(rockspec.summary.is_some() && rockspec.license.is_some() && !rockspec.labels.is_empty());
        }
    }

    #[test]
    fn every_file_beside_the_tests_is_compiled_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
        let mut there = Vec::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true if path.ends_with("tests") => {}
                    true => open.push(path),
                    false => there.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_string()),
                }
            }
        }
        let mut listed: Vec<String> = SOURCES
            .iter()
            .flat_map(|source| source.files.iter().map(move |(path, _)| format!("{}/{path}", source.name)))
            .collect();
        there.sort();
        listed.sort();
        assert_eq!(there, listed);
    }
}
