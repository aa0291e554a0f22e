# Spatial autocorrelation beside spdep: an island, asymmetric k-nearest neighbors, weights by distance, for tests/spatial/.
# Rscript spatial.R > spatial_a.json    (R 4.2.2, spdep 1.2.7, jsonlite)
suppressMessages({ library(spdep); library(jsonlite) })
invisible(set.ZeroPolicyOption(TRUE))

cast <- function(nb, w) lapply(seq_along(nb), function(i) {
  j <- nb[[i]]
  if (identical(as.integer(j), 0L)) list() else lapply(seq_along(j), function(k) c(j[k] - 1, w[[i]][k]))
})
htest <- function(t) list(stat = unname(t$estimate[1]), expectation = unname(t$estimate[2]), variance = unname(t$estimate[3]),
                          z = as.vector(t$statistic), p = as.vector(t$p.value))
local <- function(m) list(Ii = m[, 1], expectation = m[, 2], variance = m[, 3], z = m[, 4], p = m[, 5])

one <- function(nb, listw, star, x, y, color) {
  global <- function(adjust) list(
    moran_randomisation = htest(moran.test(x, listw, randomisation = TRUE, adjust.n = adjust)),
    moran_normality = htest(moran.test(x, listw, randomisation = FALSE, adjust.n = adjust, alternative = "two.sided")),
    moran_less = htest(moran.test(x, listw, adjust.n = adjust, alternative = "less")),
    geary_randomisation = htest(geary.test(x, listw, randomisation = TRUE, adjust.n = adjust, alternative = "greater")),
    geary_normality = htest(geary.test(x, listw, randomisation = FALSE, adjust.n = adjust, alternative = "two.sided")),
    global_G = htest(suppressWarnings(globalG.test(x, listw, adjust.n = adjust, adjust.x = adjust))),
    joins = unclass(unname(joincount.multi(factor(color), listw, zero.policy = TRUE, adjust.n = adjust)))
  )
  conditional <- localmoran(x, listw, conditional = TRUE)
  quadrant <- attr(conditional, "quadr")
  l <- lee(x, y, listw, length(x))
  zx <- as.vector(scale(x)); zy <- as.vector(scale(y))
  list(x = x, y = y, color = color, rows = cast(nb, listw$weights), islands = which(card(nb) == 0) - 1, symmetric = is.symmetric.nb(nb),
       all = global(FALSE), linked = global(TRUE),
       conditional = local(conditional), total = local(localmoran(x, listw, conditional = FALSE, alternative = "greater")),
       over_n_minus_1 = localmoran(x, listw, mlvar = FALSE)[, 1],
       quadrant_pysal = as.character(quadrant$pysal), quadrant_mean = as.character(quadrant$mean),
       local_geary = as.vector(localC(x, listw)), gi = as.vector(localG(x, listw)), gi_star = as.vector(localG(x, star)),
       bivariate = sum(zx * lag.listw(listw, zy)) / sum(zx^2), local_bivariate = zx * lag.listw(listw, zy),
       lee = l$L, local_lee = l$localL, components = n.comp.nb(nb)$comp.id)
}

field <- function(n) { i <- seq_len(n); list(x = round(40 + 15 * sin(i * 0.9) + 0.7 * (i %% 5)^2 + i / 3, 2), y = round(20 + 9 * cos(i * 0.7) - i / 5, 2)) }
colors <- function(n, k) (seq_len(n) * 7 + (seq_len(n) %/% 4)) %% k

grid <- cell2nb(5, 5, type = "queen")
island <- structure(c(grid, list(0L)), class = "nb", region.id = as.character(1:26))
a <- field(26)
i <- 1:20
points <- cbind((i * 0.618034) %% 1 * 10, (i * 0.414214) %% 1 * 10)
nearest <- knn2nb(knearneigh(points, 3)); b <- field(20)
band <- dnearneigh(points, 0, 2.3)
inverse <- lapply(nbdists(band, points), function(d) 1 / d)
with_self <- include.self(band)
inverse_self <- lapply(seq_along(with_self), function(i) ifelse(with_self[[i]] == i, 1, 1 / sqrt(colSums((t(points[with_self[[i]], , drop = FALSE]) - points[i, ])^2))))

cases <- list(
  island_standardized = one(island, nb2listw(island, style = "W"), nb2listw(include.self(island), style = "W"), a$x, a$y, colors(26, 2)),
  island_binary = one(island, nb2listw(island, style = "B"), nb2listw(include.self(island), style = "B"), a$x, a$y, colors(26, 3)),
  nearest_standardized = one(nearest, nb2listw(nearest, style = "W"), nb2listw(include.self(nearest), style = "W"), b$x, b$y, colors(20, 4)),
  nearest_binary = one(nearest, nb2listw(nearest, style = "B"), nb2listw(include.self(nearest), style = "B"), b$x, b$y, colors(20, 2)),
  inverse_distance = one(band, nb2listw(band, glist = inverse, style = "B"), nb2listw(with_self, glist = inverse_self, style = "B"), b$x, b$y, colors(20, 5))
)
cat(toJSON(list(case = "spatial_a", reference = "spdep 1.2.7, R 4.2.2",
  settings = "all: adjust.n = FALSE; linked: adjust.n = TRUE; total and over_n_minus_1: localmoran(conditional = FALSE), (mlvar = FALSE)",
  tolerance = list(stat = "abs 1e-12", variance = "rel 1e-10", z = "abs 1e-9", p = "abs 1e-9", local = "abs 1e-9"), cases = cases),
  digits = NA, auto_unbox = TRUE, na = "null"), "\n")
