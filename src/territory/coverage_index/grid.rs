//! The grid of the coverage index: which cell a place is in, and what the cell knows.
//!
//! A cell that no border touches lies in one zone as a whole, and so does a run of such cells in a row. Only cells with
//! borders (*leaves*) are stored; a bit a cell says which they are, and the number of bits set before a cell is the
//! number of its leaf, or of the last leaf to its left, which knows the zone to its right.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cell numbers are clamped to the grid, and the grid to 32 bits"
)]

/// No zone.
pub(super) const OUTSIDE: u32 = u32::MAX;
/// In [`Leaf::base`]: the entries are groups, one for each polygon that may cover a place in the cell.
pub(super) const GROUPS: u32 = u32::MAX - 1;
/// In [`Leaf::base`]: the cell has a finer grid of its own, [`Leaf::other`].
pub(super) const FINER: u32 = u32::MAX - 2;
/// In an entry: a step at a vertex, not an edge.
pub(super) const STEP: u32 = 1 << 31;
/// In the second word of a group: the polygon covers the reference place of the cell.
pub(super) const COVERS: u32 = 1 << 31;

/// How the plane is cut into cells. Both functions of a coordinate are monotone in it, which is all that exactness needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The left and lower side.
    pub(super) x0: f64,
    pub(super) y0: f64,
    /// The size of a cell.
    pub(super) width: f64,
    pub(super) height: f64,
    /// Cells a unit of length.
    per_x: f64,
    per_y: f64,
    pub(super) columns: u32,
    pub(super) rows: u32,
}

impl Frame {
    /// Cells of about this size over a box, at least so many a side.
    pub(super) fn new(low: [f64; 2], high: [f64; 2], cell: f64, at_least: f64) -> Self {
        let [width, height] = [high[0] - low[0], high[1] - low[1]];
        let [columns, rows] = [width, height].map(|side| (side / cell).ceil().clamp(at_least, 65_534.0));
        let [cell_width, cell_height] = [width / columns, height / rows];
        Self {
            x0: low[0],
            y0: low[1],
            width: cell_width,
            height: cell_height,
            per_x: 1.0 / cell_width,
            per_y: 1.0 / cell_height,
            columns: columns as u32,
            rows: rows as u32,
        }
    }

    /// The column of a place; places beside the grid are in its first or last column.
    #[inline]
    pub(super) fn column(&self, x: f64) -> u32 {
        (((x - self.x0) * self.per_x) as u32).min(self.columns - 1)
    }

    /// The row of a place; places beside the grid are in its first or last row.
    #[inline]
    pub(super) fn row(&self, y: f64) -> u32 {
        (((y - self.y0) * self.per_y) as u32).min(self.rows - 1)
    }

    /// The column of a vertex, which may lie beside the grid; inside the grid the same as [`Frame::column`].
    #[inline]
    pub(super) fn column_beside(&self, x: f64) -> i32 {
        floor((x - self.x0) * self.per_x)
    }

    /// The row of a vertex, which may lie beside the grid; inside the grid the same as [`Frame::row`].
    #[inline]
    pub(super) fn row_beside(&self, y: f64) -> i32 {
        floor((y - self.y0) * self.per_y)
    }
}

/// The largest whole number that is not above; a function call less than `f64::floor` on a processor of 2003.
#[inline]
fn floor(v: f64) -> i32 {
    let whole = v as i32;
    if f64::from(whole) > v { whole.saturating_sub(1) } else { whole }
}

/// 32 cells of a row: which are leaves, and the number of leaves before them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    bits: u32,
    rank: u32,
}

impl Word {
    /// The number of the leaf at this bit or before it, and whether the bit is a leaf.
    #[inline]
    pub(super) fn leaf(self, bit: u32) -> (u32, bool) {
        let up_to = self.bits & (u32::MAX >> (31 - bit));
        (self.rank.wrapping_add(up_to.count_ones()).wrapping_sub(1), self.bits >> bit & 1 == 1)
    }
}

/// A cell that borders touch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leaf {
    /// Where its entries start; they end where those of the next leaf start.
    pub(super) start: u32,
    /// The zone where the number of borders passed is even, or [`GROUPS`] or [`FINER`].
    pub(super) base: u32,
    /// The zone where it is odd, or the number of the finer grid.
    pub(super) other: u32,
}

/// What a grid says about a cell.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cell {
    /// All of it lies in one zone, or outside.
    Whole(u32),
    /// Borders touch it: the number of its leaf.
    Leaf(usize),
}

/// A grid with its leaves.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) frame: Frame,
    words_a_row: usize,
    words: Vec<Word>,
    /// The zone to the right of each leaf, up to the next.
    pub(super) right: Vec<u32>,
    pub(super) leaves: Vec<Leaf>,
    /// What the leaves are made of: see [`Grid::entries`].
    pub(super) entries: Vec<u32>,
}

impl Grid {
    /// A grid without leaves yet.
    pub(super) fn new(frame: Frame) -> Self {
        // One bit more than columns: before the first cell of each row stands a leaf that no place is in.
        let words_a_row = frame.columns as usize / 32 + 1;
        let words = vec![Word::default(); words_a_row * frame.rows as usize];
        Self { frame, words_a_row, words, right: Vec::new(), leaves: Vec::new(), entries: Vec::new() }
    }

    /// Adds a leaf; leaves come row by row, and each row starts with a leaf at `None`.
    pub(super) fn push(&mut self, row: u32, column: Option<u32>, leaf: Leaf, right: u32) {
        let bit = column.map_or(0, |column| column + 1);
        self.words[row as usize * self.words_a_row + bit as usize / 32].bits |= 1 << (bit % 32);
        self.leaves.push(leaf);
        self.right.push(right);
    }

    /// Counts the leaves and gives back spare memory.
    pub(super) fn finish(&mut self) {
        let mut rank = 0;
        for word in &mut self.words {
            word.rank = rank;
            rank += word.bits.count_ones();
        }
        self.leaves.push(Leaf { start: self.entries.len() as u32, base: OUTSIDE, other: OUTSIDE });
        self.leaves.shrink_to_fit();
        self.right.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    /// Where the bit of a place is: its word, and its number in the word.
    #[inline]
    pub(super) fn bit(&self, x: f64, y: f64) -> (u32, u32) {
        let bit = self.frame.column(x) + 1;
        (self.frame.row(y) * self.words_a_row as u32 + bit / 32, bit % 32)
    }

    /// A word by its number.
    #[inline]
    pub(super) fn word(&self, number: u32) -> Word {
        self.words[number as usize]
    }

    /// What the cell of a place knows.
    #[inline]
    pub(super) fn cell(&self, x: f64, y: f64) -> Cell {
        let (word, bit) = self.bit(x, y);
        let (leaf, is_leaf) = self.word(word).leaf(bit);
        if is_leaf { Cell::Leaf(leaf as usize) } else { Cell::Whole(self.right[leaf as usize]) }
    }

    /// The entries of a leaf. An entry is the first vertex of an edge, or a vertex marked [`STEP`]; a leaf of
    /// [`GROUPS`] has for each polygon its zone, its number of entries marked [`COVERS`] or not, then its entries.
    #[inline]
    pub(super) fn entries(&self, leaf: usize) -> &[u32] {
        &self.entries[self.leaves[leaf].start as usize..self.leaves[leaf + 1].start as usize]
    }

    /// The memory held, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<Word>()
            + self.leaves.capacity() * size_of::<Leaf>()
            + (self.right.capacity() + self.entries.capacity()) * size_of::<u32>()
    }
}
