# Forecasts of thirty made series by R's forecast, for tests/forecast: Rscript tests/reference/forecast_many.R > tests/reference/forecast_many.json
suppressMessages(library(forecast))
options(warn = -1)
set.seed(20010930)
number <- function(x) paste(sprintf("%.12g", x), collapse = ",")
series <- list()
for (i in 1:10) {
  k <- c(1, .01, 1000)[i %% 3 + 1]
  series[[length(series) + 1]] <- ts(k * round(20 + cumsum(rnorm(14, .3, .5)), 2))
  series[[length(series) + 1]] <- ts(k * round(50 + .8 * (1:24) + arima.sim(list(ar = .6), 24), 2))
  series[[length(series) + 1]] <- ts(k * round(30 + cumsum(rnorm(40, .2, 1)) + rep(c(6, -3, 1, -4), 10) + rnorm(40, 0, 1.5), 1), frequency = 4)
}
models <- list(ANN = list("ANN", FALSE), AAN = list("AAN", FALSE), AAdN = list("AAN", TRUE),
               ANA = list("ANA", FALSE), AAA = list("AAA", FALSE), AAdA = list("AAA", TRUE))
rows <- sapply(series, function(y) {
  out <- sprintf('"y":[%s],"cycle":%d', number(y), frequency(y))
  t <- thetaf(y, h = 8)
  out <- c(out, sprintf('"theta":{"mean":[%s],"lo95":[%s]}', number(t$mean), number(t$lower[, 2])))
  for (name in names(models)) {
    if (frequency(y) == 1 && grepl("A$", name)) next
    fit <- ets(y, model = models[[name]][[1]], damped = models[[name]][[2]], bounds = "usual")
    out <- c(out, sprintf('"%s":{"loglik":%s,"sigma2":%s,"mean":[%s]}', name, number(fit$loglik), number(fit$sigma2), number(forecast(fit, h = 8)$mean)))
  }
  if (frequency(y) > 1) {
    s <- stl(y, "periodic")$time.series
    out <- c(out, sprintf('"stl":{"seasonal":[%s],"trend":[%s]}', number(s[, 1]), number(s[, 2])))
    s <- stl(y, s.window = 7)$time.series
    out <- c(out, sprintf('"stl_7":{"seasonal":[%s],"trend":[%s]}', number(s[, 1]), number(s[, 2])))
  }
  paste0("{", paste(out, collapse = ","), "}")
})
cat('{"case":"forecast_many","method":"ets (bounds usual), thetaf, stl of made series","reference":"forecast 8.20, R 4.2.2","script":"forecast_many.R",',
    '"tolerance":{"own_fit":"loglik >= reference - 0.05 and mean forecast within 0.1 sigma","theta":"rel 1e-4","stl":"abs 1e-6"},',
    '"expected":[\n', paste(rows, collapse = ",\n"), "\n]}\n", sep = "")
