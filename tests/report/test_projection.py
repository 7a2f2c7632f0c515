import numpy as np
import pytest

from interlingua.errors import EvaluationError
from interlingua.report import check_method
from interlingua.report.projection import project


def naive(vectors):
    """The first two eigenvectors of the covariance, by themselves."""
    centred = vectors - vectors.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return centred @ axes, values[::-1][:2].sum() / values.sum()


def test_pca_is_that_of_all_groups_together():
    vectors = np.random.default_rng(0).normal(size=(20, 5)) * [5, 3, 1, 1, 1]
    points, share = project([vectors[:8], vectors[8:]])
    wanted, wanted_share = naive(vectors)
    np.testing.assert_allclose(np.concatenate(points), wanted, atol=1e-9)
    assert share == pytest.approx(wanted_share)


def test_groups_of_other_dimensions_have_axes_of_their_own():
    draw = np.random.default_rng(0)
    points, share = project([draw.normal(size=(5, 3)), draw.normal(size=(4, 7))])
    assert [one.shape for one in points] == [(5, 2), (4, 2)]
    assert np.isnan(share)


def test_equal_vectors_and_one_dimension_have_a_map():
    points, share = project([np.ones((4, 3))])
    np.testing.assert_allclose(points[0], 0, atol=1e-12)
    assert np.isnan(share)
    assert project([np.arange(4.0)[:, None]])[0][0].shape == (4, 2)


def test_a_map_of_two_points_is_refused():
    with pytest.raises(EvaluationError, match="needs 3 vectors, there are 2"):
        project([np.eye(2)])
    with pytest.raises(EvaluationError, match="no map 'umap'"):
        check_method("umap")


def test_without_the_extra_t_sne_is_refused(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "openTSNE", None)
    with pytest.raises(EvaluationError, match=r"interlingua\[maps\]"):
        check_method("tsne")


@pytest.mark.slow
def test_t_sne_keeps_two_clusters_apart_and_repeats():
    pytest.importorskip("openTSNE")
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(40, 4))
    vectors[:20, 0] += 9
    vectors[20:, 1] += 9
    (points,), _ = project([vectors], method="tsne", seed=3)
    apart = np.linalg.norm(points[:20].mean(axis=0) - points[20:].mean(axis=0))
    assert apart > 2 * points[:20].std()
    np.testing.assert_array_equal(points, project([vectors], method="tsne", seed=3)[0][0])
