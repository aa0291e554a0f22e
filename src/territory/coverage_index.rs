//! stub
#[derive(Debug)]
#[allow(missing_docs)]
pub struct CoverageIndex;
impl CoverageIndex {
    #[allow(missing_docs)]
    pub fn new<'a>(_z: impl IntoIterator<Item = &'a geo::MultiPolygon<f64>>) -> crate::error::Result<Self> { Ok(Self) }
    #[allow(missing_docs)]
    pub fn locate(&self, _x: f64, _y: f64) -> Option<u32> { None }
}
