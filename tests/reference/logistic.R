# The reference of tests/association.rs for src/stats/logistic.rs: Rscript logistic.R > logistic_a.json (R 4.2.2, MASS, brglm2 0.9, jsonlite).
# Data: endometrial.csv, Heinze & Schemper (2002), as in brglm2; sex2.csv, urinary tract infections, as in logistf, equal rows counted.
# Estimates are brglm2's (Firth, type AS_mean) and glm's; profile limits and likelihood ratio tests of Firth are found below by
# general optimization of the penalized likelihood, which shares nothing with the program; logistf's published digits stand beside.
suppressMessages({ library(MASS); library(brglm2); library(jsonlite) })
endometrial <- read.csv("data/endometrial.csv")
sex2 <- read.csv("data/sex2.csv")

firth <- function(formula, data, weights) {
  data$w <- weights
  fit <- suppressWarnings(glm(formula, binomial, data, weights = w, method = "brglmFit", type = "AS_mean", epsilon = 1e-13, maxit = 10000))
  x <- model.matrix(formula, data); y <- model.response(model.frame(formula, data))
  penalized <- function(beta) {
    eta <- drop(x %*% beta)
    p <- plogis(eta)
    value <- sum(weights * (y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE)))
    value + determinant(crossprod(x, weights * p * (1 - p) * x))$modulus[[1]] / 2
  }
  scale <- sqrt(diag(vcov(fit)))
  best <- function(fixed, at) {
    free <- setdiff(seq_len(ncol(x)), fixed)
    whole <- function(b) { beta <- numeric(ncol(x)); beta[fixed] <- at; beta[free] <- b * scale[free]; beta }
    if (length(free) == 0) return(penalized(whole(numeric())))
    start <- coef(fit)[free] / scale[free]
    for (round in 1:6) {
      found <- optim(start, function(b) -penalized(whole(b)), method = "BFGS", control = list(reltol = 1e-16, maxit = 5000, ndeps = rep(1e-5, length(free))))
      start <- found$par
    }
    -found$value
  }
  top <- penalized(coef(fit))
  limit <- function(j, side) {
    f <- function(b) 2 * (top - best(j, b)) - qchisq(.95, 1)
    uniroot(f, sort(coef(fit)[[j]] + side * scale[[j]] * c(.2, 6)), tol = 1e-9)$root
  }
  k <- seq_len(ncol(x))
  statistic <- sapply(k, function(j) 2 * (top - best(j, 0)))
  list(coefficients = unname(coef(fit)), standard_errors = unname(scale),
       low = sapply(k, limit, side = -1), high = sapply(k, limit, side = 1),
       p = pchisq(statistic, 1, lower.tail = FALSE),
       likelihood_ratio = 2 * (top - best(k[-1], rep(0, length(k) - 1))))
}

ml <- function(formula, data, weights) {
  data$w <- weights
  fit <- glm(formula, binomial, data, weights = w, epsilon = 1e-14, maxit = 100)
  y <- data$case
  p <- fitted(fit)
  pairs <- outer(p[y == 1], p[y == 0], function(a, b) ifelse(abs(a - b) < 1e-12, .5, a > b))
  limits <- unname(suppressMessages(confint(fit)))
  tests <- sapply(attr(terms(formula), "term.labels"), function(t) deviance(update(fit, paste(". ~ . -", t))) - deviance(fit))
  list(coefficients = unname(coef(fit)), standard_errors = unname(sqrt(diag(vcov(fit)))), low = limits[, 1], high = limits[, 2],
       p_slopes = unname(pchisq(tests, 1, lower.tail = FALSE)), log_likelihood = -deviance(fit) / 2,
       likelihood_ratio = fit$null.deviance - deviance(fit), mcfadden = 1 - deviance(fit) / fit$null.deviance,
       tjur = weighted.mean(p[y == 1], weights[y == 1]) - weighted.mean(p[y == 0], weights[y == 0]),
       auc = sum(pairs * outer(weights[y == 1], weights[y == 0])) / (sum(weights[y == 1]) * sum(weights[y == 0])))
}

cat(toJSON(list(
  case = "logistic_a", reference = "brglm2 0.9, MASS 7.3-58.2, R 4.2.2; published: logistf",
  tolerance = list(firth = "rel 1e-7, limits and tests abs 1e-6", ml = "rel 1e-7, limits abs 2e-4 (confint interpolates)", published = "rel 1e-5"),
  endometrial = firth(HG ~ NV + PI + EH, endometrial, rep(1, nrow(endometrial))),
  sex2 = firth(case ~ age + oc + vic + vicl + vis + dia, sex2, sex2$count),
  sex2_ml = ml(case ~ age + oc + vic + vicl + vis, sex2, sex2$count),
  published = list(
    endometrial = list(coefficients = c(3.77455951, 2.92927330, -0.03475175, -2.60416387), low = c(1.0825371, 0.6097244, -0.1244587, -4.3651832),
                       high = c(7.20928050, 7.85463171, 0.04045547, -1.23272106)),
    sex2 = list(coefficients = c(0.12025405, -1.10598131, -0.06881673, 2.26887464, -2.11140817, -0.78831694, 3.09601166),
                low = c(-0.8185591, -1.9737884, -0.9414363, 1.2730216, -3.2608611, -1.6080879, 0.7745682),
                high = c(1.07315122, -0.30742514, 0.78920202, 3.43543273, -1.11773495, 0.01518468, 8.03029352)))
), digits = NA, auto_unbox = TRUE, pretty = TRUE), "\n")
