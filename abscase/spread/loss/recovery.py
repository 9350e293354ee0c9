r"""Loss given default that follows the factor.

With a link q in [0, 1) a loan's mean loss given default, l on average over the factor, is

.. math:: l(y)=\Phi\Big(\frac{\Phi^{-1}(l)-\sqrt q\,y}{\sqrt{1-q}}\Big),\qquad E[l(Y)]=l,

so that in bad years (low y) more loans default and each loses more. It is Vasicek's formula with l
for p; the expected loss of the pool is then above PD times LGD.

References
----------
Frye, J. (2000). Depressing recoveries. *Risk* 13(11), 108-111.
Andersen, L. and Sidenius, J. (2004). Extensions to the Gaussian copula: random recovery and random
factor loadings. *Journal of Credit Risk* 1(1), 29-70.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from abscase.errors import ParameterFaults
from abscase.ranges import Array, require


@dataclass(frozen=True)
class Recovery:
    """How loss given default follows the factor: ``link`` in [0, 1), 0 for not at all."""

    link: float = 0.0

    def __post_init__(self) -> None:
        require(link=(self.link, 0, 1))
        if self.link == 1:
            raise ParameterFaults(["link is 1; give a value below 1"])

    def scale(self, lgd: Array, y: Array) -> Array | None:
        """Return l(y) / l, (factor, loan); None where loss given default stays what it is."""
        if not self.link:
            return None
        sure = (lgd <= 0) | (lgd >= 1)
        base = special.ndtri(np.where(sure, 0.5, lgd))
        linked = special.ndtr((base - np.sqrt(self.link) * y[:, None]) / np.sqrt(1 - self.link))
        return np.where(sure, 1.0, linked / np.where(sure, 1.0, lgd))


FIXED = Recovery()
