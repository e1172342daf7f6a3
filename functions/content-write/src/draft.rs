//! Drafts as authors see and change them.

use stoa_api::bodies::{
    AssetUpload, Course, Courses, DraftNodeView, DraftView, PutCourse, PutItem, PutNode, UploadTarget,
};
use stoa_domain::content::{Asset, DraftNode};
use stoa_domain::id::TenantId;
use stoa_domain::item::{DraftItem, Item};
use stoa_domain::principal::{Principal, Role};
use stoa_http::{Call, Problem};
use stoa_service::drafting::{self, DraftPart, DraftStore};
use stoa_service::failure::StoreError;
use stoa_store::engine::Engine;
use stoa_store::objects::Objects;

use crate::ContentWrite;
use crate::handler::problem;

/// Who writes a course.
const WRITERS: &[Role] = &[Role::Author, Role::Admin];

fn course_view(course: drafting::Course) -> Course {
    Course { course: course.course, title: course.title, language: course.language }
}

/// The courses that the caller's roles reach, by title.
pub async fn courses(
    function: &ContentWrite<impl Engine, impl Objects>,
    principal: &Principal,
) -> Result<Courses, StoreError> {
    let all = function.store.courses(&principal.tenant).await?;
    let mut courses: Vec<Course> =
        all.into_iter().filter(|course| principal.holds_in(WRITERS, course.course.as_str())).map(course_view).collect();
    courses.sort_by(|left, right| (&left.title, &left.course).cmp(&(&right.title, &right.course)));
    Ok(Courses { courses })
}

/// Makes a course, or changes it.
pub async fn put_course(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<Course, Problem> {
    let PutCourse { title, language } = call.json()?;
    let course = drafting::Course { course: call.path("course")?, title, language };

    drafting::put_course(&function.store, tenant, &course).await.map_err(problem)?;

    Ok(course_view(course))
}

/// A course's draft tree.
pub async fn view(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<DraftView, Problem> {
    let id = call.path("course")?;
    let course = function.store.course(tenant, &id).await?.ok_or_else(Problem::not_found)?;
    let nodes = function.store.nodes(tenant, &id).await?;
    let assets = function.store.assets(tenant, &id).await?;

    Ok(DraftView { course: course_view(course), nodes, assets })
}

fn node_view(part: DraftPart) -> DraftNodeView {
    DraftNodeView { node: part.node, blocks: part.blocks, items: part.items }
}

/// A learning object, whole.
pub async fn node(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<DraftNodeView, Problem> {
    let part = drafting::part(&function.store, tenant, &call.path("course")?, &call.path("node")?).await;
    Ok(node_view(part.map_err(problem)?))
}

/// Makes a learning object, or replaces it.
pub async fn put_node(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<DraftNodeView, Problem> {
    let body: PutNode = call.json()?;
    let node = DraftNode {
        id: call.path("node")?,
        parent: body.parent,
        position: body.position,
        kind: body.kind,
        title: body.title,
        required: body.required,
        completion: body.completion,
        access: body.access,
        minutes: body.minutes,
        assessment: body.assessment,
    };

    let part = drafting::put_node(&function.store, tenant, &call.path("course")?, node, body.blocks).await;

    Ok(node_view(part.map_err(problem)?))
}

/// Takes a learning object out of the draft.
pub async fn delete_node(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<(), Problem> {
    let deleted = drafting::delete_node(&function.store, tenant, &call.path("course")?, &call.path("node")?).await;
    deleted.map_err(problem)
}

/// Makes an item, or replaces it.
pub async fn put_item(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<DraftItem, Problem> {
    let body: PutItem = call.json()?;
    let item = Item {
        id: call.path("item")?,
        kind: body.kind,
        prompt_html: body.prompt_html,
        points_max: body.points_max,
        choices: body.choices,
    };
    let draft = DraftItem { position: body.position, item, key: body.key, original_type: body.original_type };

    let item = drafting::put_item(&function.store, tenant, &call.path("course")?, &call.path("node")?, draft).await;

    item.map_err(problem)
}

/// Declares a file and says where its bytes go.
pub async fn put_asset(
    function: &ContentWrite<impl Engine, impl Objects>,
    call: &Call,
    tenant: &TenantId,
) -> Result<AssetUpload, Problem> {
    let file: Asset = call.json()?;
    let (course, asset) = (call.path("course")?, call.path("asset")?);

    let upload = drafting::put_asset(&function.store, &function.releases, tenant, &course, &asset, &file).await;

    let upload = upload.map_err(problem)?;
    Ok(AssetUpload { upload: upload.map(|place| UploadTarget { url: place.url, headers: place.headers }) })
}
